# The instruction scorer's weights and word lists, compiled into constant tables of merlon_rules (docs/model-card.md).
# Another model of the same format can be built in for experiments: -DMERLON_INSTRUCTION_MODEL=FILE.
include_guard(GLOBAL)
set(MERLON_INSTRUCTION_MODEL ${CMAKE_SOURCE_DIR}/rules/data/instruction-model.tsv CACHE FILEPATH
    "Weights of the instruction scorer")

add_executable(merlon_instruction_model_compiler
  ${CMAKE_SOURCE_DIR}/apps/instruction_model_compiler/main.cpp)
target_link_libraries(merlon_instruction_model_compiler PRIVATE merlon_warnings merlon_base)

set(model_source ${CMAKE_BINARY_DIR}/generated/instruction_model_data.cpp)
set(lexicon ${CMAKE_SOURCE_DIR}/rules/data/instruction-lexicon.txt)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
add_custom_command(
  OUTPUT ${model_source}
  COMMAND merlon_instruction_model_compiler ${MERLON_INSTRUCTION_MODEL} ${lexicon} ${model_source}
  DEPENDS merlon_instruction_model_compiler ${MERLON_INSTRUCTION_MODEL} ${lexicon}
  COMMENT "Compiling the instruction model" VERBATIM)
target_sources(merlon_rules PRIVATE ${model_source})

#include "commands.h"
#include "process_env.h"

int main(int argc, char** argv) {
  return merlon::cli::run_process(argc, argv);
}

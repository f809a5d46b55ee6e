# Plug-ins: shared objects with a C interface, loaded from ../lib/merlon beside the program when first used.
include_guard(GLOBAL)

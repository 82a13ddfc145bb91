// Stands for the headers that are precompiled for all unit tests: tests/unit/CMakeLists.txt.

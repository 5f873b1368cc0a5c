# Compiler settings for every target, and the two functions that the folders use.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(warnings_are_errors -Werror)  # g++ judges; clang only builds the fuzzers
endif()
add_compile_options(-march=${EVA_MARCH} -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                    -Woverloaded-virtual -Wno-missing-field-initializers ${warnings_are_errors}
                    -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives of these two in its own <string> and <vector> when optimising.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized)
else()
  # clang 16 (the fuzzers) must be talked into libstdc++ 12's <expected>.
  add_compile_options(-D__cpp_concepts=202002L -Wno-macro-redefined -Wno-builtin-macro-redefined)
endif()
if(EVA_SANITIZE)
  add_compile_options(-fsanitize=${EVA_SANITIZE} -fno-sanitize-recover=all -O1 -g1)
  add_link_options(-fsanitize=${EVA_SANITIZE})
  if(EVA_SANITIZE MATCHES thread)
    add_compile_options(-Wno-error=tsan)  # Asio's fences, which the sanitizer does not model
  endif()
endif()

if(EVA_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# eva_library(name SOURCES a.cpp ... [DEPS eva_base ...] [PRIVATE_DEPS third-party ...] [TESTS x_test.cpp ...])
# One folder = one library eva_<name>; DEPS are the allowed directions (ARCHITECTURE.md). The tests of
# the folder become one GoogleTest program, eva_<name>_test, whose cases ctest lists one by one.
function(eva_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS;TESTS;TEST_DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(eva_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(eva_${name} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  else()
    add_library(eva_${name} INTERFACE)
    target_link_libraries(eva_${name} INTERFACE ${ARG_DEPS})
  endif()
  if(EVA_TESTS AND ARG_TESTS)
    eva_test(eva_${name}_test SOURCES ${ARG_TESTS} DEPS eva_${name} ${ARG_TEST_DEPS})
  endif()
endfunction()

# eva_test(name SOURCES x_test.cpp ... DEPS eva_x ...): a GoogleTest program registered with ctest,
# unless EVA_ONLY_TESTS is set and does not match its name.
function(eva_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(NOT EVA_TESTS OR NOT name MATCHES "${EVA_ONLY_TESTS}")
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_compile_options(${name} PRIVATE -Wno-dangling-else)  # if (x) EXPECT_EQ(...);
  if(EVA_SANITIZE)
    target_compile_options(${name} PRIVATE -O0)  # compiles in two thirds of the time
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gtest GTest::gtest_main GTest::gmock)
  gtest_discover_tests(${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} DISCOVERY_MODE PRE_TEST
                       PROPERTIES TIMEOUT 120)
endfunction()

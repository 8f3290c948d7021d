# The project's build vocabulary: one flags target and helpers for libraries, programs, tests and fuzz targets.

option(TINYFOG_WERROR "Treat warnings as errors" ON)
option(TINYFOG_FUZZ "Build the fuzz targets with libFuzzer (clang only)" OFF)
option(TINYFOG_TIDY "Run clang-tidy over our own sources while they compile" OFF)
set(TINYFOG_SANITIZE "" CACHE STRING "Sanitizers for every target, as in -fsanitize=")

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(TINYFOG_CCACHE ccache)
if(TINYFOG_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${TINYFOG_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TINYFOG_CCACHE})
endif()

# Every target of ours links this; generated code links tinyfog_sanitize only.
add_library(tinyfog_sanitize INTERFACE)
target_compile_features(tinyfog_sanitize INTERFACE cxx_std_20)
if(TINYFOG_SANITIZE)
  target_compile_options(tinyfog_sanitize INTERFACE -fsanitize=${TINYFOG_SANITIZE}
                         -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(tinyfog_sanitize INTERFACE -fsanitize=${TINYFOG_SANITIZE})
endif()
if(TINYFOG_FUZZ)
  target_compile_options(tinyfog_sanitize INTERFACE -fsanitize=fuzzer-no-link)
endif()
# Nodes: freestanding, each function a section that the linker may leave out.
if(TINYFOG_CORE)
  enable_language(ASM)
  target_compile_options(tinyfog_sanitize INTERFACE -ffreestanding -ffunction-sections -fdata-sections -g1
                         $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti;-fno-threadsafe-statics>)
endif()
# For this folder and those below. GCC 12 loses conditions behind loops that it counts in a register for the M55's
# low-overhead loops: of `while (n > 1) n -= 2; if (n > 0) ...` (lwIP's checksum) the second always holds. Kernels, whose every
# loop is compared with a reference, do without this.
macro(tinyfog_whole_loops)
  if(TINYFOG_CORE STREQUAL cortex-m55)
    add_compile_options(-fno-branch-count-reg)
  endif()
endmacro()
# tinyfog_small(TARGET ...): what a node takes counts bytes before speed. Optimised once more as a whole where an image is linked: a
# tenth smaller. Not for kernels, nor for start-up code in assembler.
function(tinyfog_small)
  if(TINYFOG_CORE)
    foreach(target ${ARGN})
      target_compile_options(${target} PRIVATE -Os)
    endforeach()
    set_target_properties(${ARGN} PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON)
  endif()
endfunction()
add_library(tinyfog_flags INTERFACE)
target_link_libraries(tinyfog_flags INTERFACE tinyfog_sanitize)
target_compile_options(tinyfog_flags INTERFACE -Wall -Wextra $<$<BOOL:${TINYFOG_WERROR}>:-Werror>)
# At -O3 GCC 12 warns wrongly about "text" + std::string (GCC bug 105651) and about comparing vectors of bytes.
target_compile_options(tinyfog_flags INTERFACE
                       "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict;-Wno-stringop-overread>")

# clang-tidy sees what the helpers below declare, so never generated code. It ignores flags that only GCC knows.
if(TINYFOG_TIDY)
  find_program(TINYFOG_CLANG_TIDY clang-tidy-14 REQUIRED)
endif()
function(tinyfog_tidy TARGET)
  if(TINYFOG_TIDY)
    set_target_properties(${TARGET} PROPERTIES CXX_CLANG_TIDY
                          "${TINYFOG_CLANG_TIDY};--quiet;--extra-arg=-Wno-unknown-warning-option")
  endif()
endfunction()

# What every program gets besides its sources.
function(tinyfog_executable TARGET)
  tinyfog_tidy(${TARGET})
  if(TINYFOG_SANITIZE MATCHES thread)
    target_sources(${TARGET} PRIVATE ${CMAKE_SOURCE_DIR}/tests/sanitizer/order_grpc.cc)
  endif()
endfunction()

# tinyfog_library(NAME SOURCES a.cc ... [PUBLIC target ...] [PRIVATE target ...])
# Defines tinyfog_NAME (alias tinyfog::NAME). Its public headers are in the top folder's include/.
function(tinyfog_library NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${CMAKE_SOURCE_DIR}
             OUTPUT_VARIABLE here)
  string(REGEX REPLACE "/.*" "" top ${here})
  add_library(tinyfog_${NAME} STATIC ${ARG_SOURCES})
  add_library(tinyfog::${NAME} ALIAS tinyfog_${NAME})
  tinyfog_tidy(tinyfog_${NAME})
  target_include_directories(tinyfog_${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/${top}/include
                             PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(tinyfog_${NAME} PUBLIC ${ARG_PUBLIC} PRIVATE tinyfog_flags ${ARG_PRIVATE})
endfunction()

# tinyfog_program(NAME SOURCES a.cc ... DEPS target ...): an executable NAME in build/<preset>/bin.
function(tinyfog_program NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  tinyfog_executable(${NAME})
  target_include_directories(${NAME} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${NAME} PRIVATE tinyfog_flags ${ARG_DEPS})
endfunction()

# tinyfog_test(NAME SOURCES a_test.cc ... DEPS target ... [LABEL unit] [TIMEOUT seconds])
# One GoogleTest executable and one ctest. Tests find the folder of shared reference data through the
# environment variable TINYFOG_SHARED (default: ../shared beside the checkout) and skip without it.
function(tinyfog_test NAME)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(TINYFOG_FUZZ OR TINYFOG_CORE)
    return()
  endif()
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  if(TINYFOG_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 5")
  endif()
  find_package(GTest REQUIRED)
  add_executable(${NAME} ${ARG_SOURCES})
  tinyfog_executable(${NAME})
  target_include_directories(${NAME} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${NAME} PRIVATE tinyfog_flags ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${NAME} PRIVATE TINYFOG_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                             TINYFOG_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${NAME} COMMAND ${NAME})
  set_tests_properties(${NAME} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
endfunction()

# tinyfog_fuzz(NAME SOURCES x_fuzz.cc DEPS target ... [CORPUS file ...])
# SOURCES define LLVMFuzzerTestOneInput. In the preset `fuzz` this links libFuzzer; elsewhere a driver of
# ours (tests/fuzz/driver.cc) mutates the corpus with a printed seed for one second in the normal suite.
function(tinyfog_fuzz NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;CORPUS" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  tinyfog_executable(${NAME})
  target_include_directories(${NAME} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${NAME} PRIVATE tinyfog_flags ${ARG_DEPS})
  if(TINYFOG_FUZZ)
    target_link_options(${NAME} PRIVATE -fsanitize=fuzzer)
    add_test(NAME ${NAME} COMMAND ${CMAKE_SOURCE_DIR}/tests/fuzz/run $<TARGET_FILE:${NAME}>
             ${CMAKE_BINARY_DIR}/corpus/${NAME} ${ARG_CORPUS})
  else()
    target_sources(${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/driver.cc)
    add_test(NAME ${NAME} COMMAND ${NAME} --seconds 1 ${ARG_CORPUS})
  endif()
  set_tests_properties(${NAME} PROPERTIES LABELS fuzz TIMEOUT 180)
endfunction()

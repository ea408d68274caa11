// NVRTC's functions: a C++ compiler makes the kernels for the processor. See standin.h.
//
// Kernels must all take one struct Arguments whose first member is an array p of pointers, and must not share memory
// or wait for each other.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "standin.h"

using namespace standin;

namespace {
struct Program {
  std::string source;
  std::string log;
  std::string code;
  std::string text;
};

const int ARCHITECTURES[] = {75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121};

// NVRTC's numbers.
enum { FINE = 0, BAD_INPUT = 3, BAD_PROGRAM = 4, BAD_OPTION = 5, NOT_COMPILED = 6 };

const char* BEFORE = R"(
struct standin_index { unsigned x, y, z; };
static thread_local standin_index blockIdx __attribute__((tls_model("initial-exec")));
static thread_local standin_index threadIdx __attribute__((tls_model("initial-exec")));
static thread_local standin_index blockDim __attribute__((tls_model("initial-exec")));
#define __global__ __attribute__((visibility("default")))
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(n) __attribute__((visibility("default")))
#include <math.h>
#include <string.h>
#line 1 "kernels.cu"
)";

const char* BEHIND = R"(
extern "C" __attribute__((visibility("default"))) const unsigned long standin_layout[3] = {
    sizeof(Arguments), sizeof(((Arguments*)0)->p) / sizeof(void*), 256};
extern "C" __attribute__((visibility("default"))) void standin_run(
    void* kernel, const void* arguments, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
    unsigned blockY, unsigned blockZ) {
  Arguments all = *(const Arguments*)arguments;
  blockDim = {blockX, blockY, blockZ};
  for (unsigned z = 0; z < gridZ; z++)
    for (unsigned y = 0; y < gridY; y++)
      for (unsigned x = 0; x < gridX; x++)
        for (unsigned c = 0; c < blockZ; c++)
          for (unsigned b = 0; b < blockY; b++)
            for (unsigned a = 0; a < blockX; a++) {
              blockIdx = {x, y, z};
              threadIdx = {a, b, c};
              ((void (*)(const Arguments))kernel)(all);
            }
}
)";

std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

// Runs a command without a shell; its messages go to a file.
bool run(const std::vector<std::string>& command, const std::string& messages) {
  std::vector<char*> arguments;
  for (const std::string& part : command) arguments.push_back((char*)part.c_str());
  arguments.push_back(nullptr);
  pid_t child = fork();
  if (child == 0) {
    int out = open(messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, 1);
    dup2(out, 2);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
}  // namespace

API int nvrtcVersion(int* major, int* minor) {
  called(__func__);
  *major = CUDA_MAJOR;
  // No version of NVRTC's, so that nobody takes what this one compiled for a GPU's code.
  *minor = 999;
  return FINE;
}

API const char* nvrtcGetErrorString(int error) { return error == FINE ? "NVRTC_SUCCESS" : "an error of a stand-in"; }

API int nvrtcGetNumSupportedArchs(int* count) {
  called(__func__);
  *count = sizeof ARCHITECTURES / sizeof *ARCHITECTURES;
  return FINE;
}

API int nvrtcGetSupportedArchs(int* architectures) {
  called(__func__);
  memcpy(architectures, ARCHITECTURES, sizeof ARCHITECTURES);
  return FINE;
}

API int nvrtcCreateProgram(Program** program, const char* source, const char*, int headers,
                           const char* const* texts, const char* const* names) {
  called(__func__);
  if (!program || !source || headers < 0 || (headers > 0 && (!texts || !names))) return BAD_INPUT;
  *program = new Program{source, "", "", ""};
  born(Kind::PROGRAM, *program);
  return FINE;
}

API int nvrtcDestroyProgram(Program** program) {
  called(__func__);
  if (!program || !buried(Kind::PROGRAM, *program)) {
    misuse(INVALID_VALUE, "a program is destroyed that is none");
    return BAD_PROGRAM;
  }
  delete *program;
  *program = nullptr;
  return FINE;
}

API int nvrtcCompileProgram(Program* program, int count, const char* const* options) {
  called(__func__);
  if (!alive(Kind::PROGRAM, program)) return BAD_PROGRAM;
  std::string architecture;
  std::vector<std::string> command = {
      "g++", "-shared", "-fPIC", "-fvisibility=hidden", "-O2", "-march=native", "-Wno-unknown-pragmas", "-x", "c++"};
  for (int i = 0; i < count; i++) {
    std::string option = options[i];
    if (option.rfind("--gpu-architecture=", 0) == 0) {
      architecture = option.substr(19);
    } else if (option == "--std=c++17") {
      command.push_back("-std=c++17");
    } else if (option.rfind("-D", 0) == 0) {
      command.push_back(option);
    } else {
      program->log = "unknown option " + option;
      return BAD_OPTION;
    }
  }
  bool machine = architecture.rfind("sm_", 0) == 0;
  bool known = false;
  for (int a : ARCHITECTURES) known |= architecture == (machine ? "sm_" : "compute_") + std::to_string(a);
  if (!known) {
    program->log = "unknown architecture " + architecture;
    return BAD_OPTION;
  }
  char folder[] = "/tmp/stand-in-XXXXXX";
  if (!mkdtemp(folder)) return NOT_COMPILED;
  std::string source = std::string(folder) + "/kernels.cc";
  std::string library = std::string(folder) + "/kernels.so";
  std::string messages = std::string(folder) + "/messages";
  std::ofstream(source) << BEFORE << program->source << BEHIND;
  for (const char* part : {"-o", library.c_str(), source.c_str()}) command.push_back(part);
  bool made = run(command, messages);
  program->log = contents(messages);
  std::string code = made ? contents(library) : "";
  for (const std::string& file : {source, library, messages}) unlink(file.c_str());
  rmdir(folder);
  if (!made) return NOT_COMPILED;
  if (machine) program->code = code;
  program->text = "// stand-in\n.target sm_" + architecture.substr(architecture.find('_') + 1) + "\n";
  for (size_t at = 0; (at = program->source.find("SINGLE_KERNEL(", at)) != std::string::npos; at++) {
    program->text += ".entry " + program->source.substr(at + 14, program->source.find(')', at) - at - 14) + "\n";
  }
  program->text += "hex ";
  char digits[3];
  for (unsigned char byte : code) {
    snprintf(digits, sizeof digits, "%02x", byte);
    program->text += digits;
  }
  program->text += '\n';
  program->text += '\0';
  return FINE;
}

static int size(Program* program, const std::string& what, size_t* bytes) {
  if (!alive(Kind::PROGRAM, program)) return BAD_PROGRAM;
  *bytes = what.size();
  return FINE;
}
static int copy(Program* program, const std::string& what, char* to) {
  if (!alive(Kind::PROGRAM, program)) return BAD_PROGRAM;
  memcpy(to, what.data(), what.size());
  return FINE;
}

API int nvrtcGetCUBINSize(Program* program, size_t* bytes) {
  called(__func__);
  return size(program, program->code, bytes);
}
API int nvrtcGetCUBIN(Program* program, char* to) {
  called(__func__);
  return copy(program, program->code, to);
}
API int nvrtcGetPTXSize(Program* program, size_t* bytes) {
  called(__func__);
  return size(program, program->text, bytes);
}
API int nvrtcGetPTX(Program* program, char* to) {
  called(__func__);
  return copy(program, program->text, to);
}
API int nvrtcGetProgramLogSize(Program* program, size_t* bytes) {
  called(__func__);
  int status = size(program, program->log, bytes);
  if (status == FINE) ++*bytes;
  return status;
}
API int nvrtcGetProgramLog(Program* program, char* to) {
  called(__func__);
  int status = copy(program, program->log, to);
  if (status == FINE) to[program->log.size()] = 0;
  return status;
}

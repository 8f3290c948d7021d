#include "endpoints.h"

#include <unistd.h>

#include <cstdint>

#include "tinyfog/host/file.h"
#include "tinyfog/term/json_writer.h"

namespace tinyfog::app {

std::string WithPort(const std::string& listen, int port) {
  return listen.substr(0, listen.rfind(':') + 1) + std::to_string(port);
}

EndpointsFile::EndpointsFile(const std::filesystem::path& data) : path_(data / "endpoints.json") {
  Remove();
}

Outcome<void> EndpointsFile::Write(const Endpoints& endpoints) {
  term::JsonWriter json;
  json.Object().Field("pid", ::getpid());
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) json.Field(key, value);
  };
  add("grpc", endpoints.grpc);
  add("unix", endpoints.unix_socket);
  add("metrics", endpoints.metrics);
  add("mqtt", endpoints.mqtt);
  json.End();
  const std::string text = json.text() + "\n";
  return WriteFileAtomically(path_,
                             {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void EndpointsFile::Remove() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace tinyfog::app

// The peer of the benchmark `mqtt`: a plain Paho C++ client that answers each message on its
// response topic with a given number of bytes, and does nothing else; with --nodelay it turns
// Nagle's algorithm off, which the library leaves on. Ends when its standard input does.

#include <mqtt/async_client.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "nodelay.h"

namespace {

class Echo : public mqtt::callback {
 public:
  Echo(mqtt::async_client& client, std::size_t answer_bytes)
      : client_(client), answer_(answer_bytes, '\x01') {}

  void message_arrived(mqtt::const_message_ptr message) override {
    const auto& properties = message->get_properties();
    if (!properties.contains(mqtt::property::RESPONSE_TOPIC)) return;
    mqtt::properties answer_properties;
    if (properties.contains(mqtt::property::CORRELATION_DATA)) {
      answer_properties.add({mqtt::property::CORRELATION_DATA,
                             mqtt::get<std::string>(properties, mqtt::property::CORRELATION_DATA)});
    }
    auto answer =
        mqtt::make_message(mqtt::get<std::string>(properties, mqtt::property::RESPONSE_TOPIC),
                           answer_, message->get_qos(), false);
    answer->set_properties(answer_properties);
    client_.publish(answer);
  }

 private:
  mqtt::async_client& client_;
  const std::string answer_;
};

}  // namespace

int main(int argc, char** argv) {
  std::string uri;
  std::string topic;
  std::size_t bytes = 5;
  int qos = 0;
  bool nodelay = false;
  CLI::App app("Plain Paho echo client");
  app.add_option("--uri", uri, "tcp://host:port")->required();
  app.add_option("--topic", topic)->required();
  app.add_option("--bytes", bytes, "of an answer");
  app.add_option("--qos", qos, "of the subscription");
  app.add_flag("--nodelay", nodelay, "turn Nagle's algorithm off");
  CLI11_PARSE(app, argc, argv);
  try {
    mqtt::async_client client(uri, "bench-echo-" + std::to_string(getpid()),
                              mqtt::create_options(MQTTVERSION_5, 10'000));
    Echo echo(client, bytes);
    client.set_callback(echo);
    auto connect =
        mqtt::connect_options_builder().mqtt_version(MQTTVERSION_5).clean_start(true).finalize();
    client.connect(connect)->wait();
    if (nodelay && tinyfog::mqtt::SetNoDelay(uri.c_str()) == 0) return 1;
    client.subscribe(topic, qos)->wait();
    std::puts("ready");
    std::fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    client.disconnect()->wait();
  } catch (const mqtt::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>

#include "tinyfog/log/log.h"

namespace tinyfog::log {
namespace {

enum class Format : unsigned char { kText, kJson, kJournal };

struct LevelName {
  std::string_view name;
  Level level;
  spdlog::level::level_enum spd;
  char journal;  // syslog priority, as journald reads it from "<N>" in front of a line
};

constexpr LevelName kLevels[] = {{"debug", Level::kDebug, spdlog::level::debug, '7'},
                                 {"info", Level::kInfo, spdlog::level::info, '6'},
                                 {"warning", Level::kWarning, spdlog::level::warn, '4'},
                                 {"error", Level::kError, spdlog::level::err, '3'}};

Format DefaultFormat() {
  return std::getenv("JOURNAL_STREAM") != nullptr ? Format::kJournal : Format::kText;
}

/// spdlog serialises writers and adds the newline; the line itself is made here.
struct Sink {
  Sink() : logger("tinyfog", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::info);
    logger.flush_on(spdlog::level::trace);
  }

  spdlog::logger logger;
  std::atomic<Format> format{DefaultFormat()};
};

/// Never destroyed: threads may log until the process is gone.
Sink& TheSink() {
  static Sink& sink = *new Sink;
  return sink;
}

void AppendEscaped(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
}

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  AppendEscaped(out, text);
  out += '"';
}

bool NeedsQuotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    if (c == ' ' || c == '"' || c == '=' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ||
        c == 0x7f) {
      return true;
    }
  }
  return false;
}

/// Coordinated universal time with milliseconds, as in RFC 3339.
std::string Timestamp() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     ms);
}

void AppendTextFields(std::string& line, Fields fields) {
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    if (NeedsQuotes(field.value)) {
      AppendQuoted(line, field.value);
    } else {
      line += field.value;
    }
  }
}

std::string JsonLine(const LevelName& level, std::string_view message, Fields fields) {
  std::string line = "{\"time\":\"" + Timestamp() + "\",\"level\":\"";
  line += level.name;
  line += "\",\"message\":";
  AppendQuoted(line, message);
  for (const Field& field : fields) {
    line += ',';
    AppendQuoted(line, field.key);
    line += ':';
    AppendQuoted(line, field.value);
  }
  line += '}';
  return line;
}

void Write(Level level, std::string_view message, Fields fields) {
  Sink& sink = TheSink();
  const LevelName& name = kLevels[static_cast<unsigned char>(level)];
  if (!sink.logger.should_log(name.spd)) return;
  std::string line;
  switch (sink.format.load(std::memory_order_relaxed)) {
    case Format::kJson:
      line = JsonLine(name, message, fields);
      break;
    case Format::kJournal:
      line = {'<', name.journal, '>'};
      AppendEscaped(line, message);
      AppendTextFields(line, fields);
      break;
    case Format::kText:
      line = Timestamp() + ' ';
      line += name.name;
      line += ' ';
      AppendEscaped(line, message);
      AppendTextFields(line, fields);
      break;
  }
  sink.logger.log(name.spd, spdlog::string_view_t(line));
}

}  // namespace

void Debug(std::string_view message, Fields fields) { Write(Level::kDebug, message, fields); }
void Info(std::string_view message, Fields fields) { Write(Level::kInfo, message, fields); }
void Warning(std::string_view message, Fields fields) { Write(Level::kWarning, message, fields); }
void Error(std::string_view message, Fields fields) { Write(Level::kError, message, fields); }

Outcome<void> SetLevel(std::string_view level) {
  for (const LevelName& known : kLevels) {
    if (known.name == level) {
      TheSink().logger.set_level(known.spd);
      return {};
    }
  }
  return InvalidArgument("unknown log level '" + std::string(level) +
                         "'; known: debug, info, warning, error");
}

Outcome<void> SetFormat(std::string_view format) {
  Format chosen;
  if (format == "auto") {
    chosen = DefaultFormat();
  } else if (format == "text") {
    chosen = Format::kText;
  } else if (format == "json") {
    chosen = Format::kJson;
  } else if (format == "journal") {
    chosen = Format::kJournal;
  } else {
    return InvalidArgument("unknown log format '" + std::string(format) +
                           "'; known: auto, text, json, journal");
  }
  TheSink().format.store(chosen, std::memory_order_relaxed);
  return {};
}

}  // namespace tinyfog::log

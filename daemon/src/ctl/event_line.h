#pragma once

#include <string>

#include "tinyfog/term/json_writer.h"
#include "tinyfog/term/table.h"
#include "tinyfog/v1/gateway.pb.h"

namespace tinyfog::ctl {

/// One event as one line for people, without "\n".
std::string EventText(const v1::Event& event, const term::Style& style);
/// EventText with "\n", after a line that says how many events were missed before it, if any.
std::string EventLine(const v1::Event& event, const term::Style& style);

/// One event as a JSON object.
void WriteEvent(const v1::Event& event, term::JsonWriter& json);

/// "bearing_fault", the class index without a label, or why there is no answer.
std::string AnswerText(const v1::InferenceEvent& inference);

}  // namespace tinyfog::ctl

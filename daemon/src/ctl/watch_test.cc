#include <gtest/gtest.h>

#include <algorithm>

#include "event_line.h"
#include "watch_board.h"

namespace tinyfog::ctl {
namespace {

using std::chrono::milliseconds;

v1::Event Inference(const std::string& node, int code = 0) {
  v1::Event event;
  event.mutable_time()->set_seconds(1'700'000'000);
  event.mutable_time()->set_nanos(123'000'000);
  event.set_kind(v1::Event::KIND_INFERENCE);
  auto& inference = *event.mutable_inference();
  inference.set_node(node);
  inference.set_source("mqtt");
  inference.set_model("motor");
  inference.set_code(code);
  inference.set_latency_us(1520);
  inference.set_queue_us(20);
  inference.set_compute_us(900);
  inference.set_batch(1);
  if (code == 0) {
    inference.set_top_index(3);
    inference.set_top_label("bearing-fault");
    inference.set_top_score(0.984f);
  } else {
    inference.set_reason("the queue is full");
  }
  return event;
}

TEST(WatchBoard, OneRowPerNodeAndModelWithRates) {
  WatchBoard board;
  WatchBoard::Time now{};
  for (int i = 0; i <= 20; ++i) {
    board.Add(Inference("motor-1"), now);
    now += milliseconds(100);
  }
  board.Add(Inference("motor-2", 8), now);
  const std::string text = board.Render(now, 24, {});
  EXPECT_NE(text.find("motor-1  motor  bearing-fault"), std::string::npos) << text;
  EXPECT_NE(text.find("0.984  1.52 ms"), std::string::npos) << text;
  EXPECT_NE(text.find("RESOURCE_EXHAUSTED: the queue is full"), std::string::npos) << text;
  EXPECT_NE(text.find("1 failed"), std::string::npos) << text;
  EXPECT_NE(text.find("/s     21"), std::string::npos) << text;
}

TEST(WatchBoard, ManyNodesFitTheScreen) {
  WatchBoard board;
  WatchBoard::Time now{};
  for (int i = 0; i < 3000; ++i)
    board.Add(Inference("node-" + std::to_string(i)), now += milliseconds(1));
  const std::string text = board.Render(now, 20, {100, false});
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 19);
  EXPECT_NE(text.find("node-2999"), std::string::npos);
  EXPECT_NE(text.find("984 rows not shown"), std::string::npos) << text;
}

TEST(EventLine, CannotBeBrokenByNames) {
  auto event = Inference("a\x1b[2J\nb");
  event.set_dropped(1200);
  const std::string line = EventLine(event, {});
  EXPECT_TRUE(line.starts_with("(1,200 events missed)\n")) << line;
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 2);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

TEST(WriteEvent, OneObjectWithStableKeys) {
  term::JsonWriter json;
  WriteEvent(Inference("n"), json);
  EXPECT_EQ(json.text(),
            R"({"time":"2023-11-14T22:13:20.123Z","kind":"inference","text":"","dropped":0,)"
            R"("inference":{"node":"n","source":"mqtt","model":"motor","version":"","code":0,)"
            R"("reason":"","latency_us":1520,"queue_us":20,"compute_us":900,"batch":1,)"
            R"("top_index":3,"top_label":"bearing-fault","top_score":0.984}})");
}

}  // namespace
}  // namespace tinyfog::ctl

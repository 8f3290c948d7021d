"""paho-mqtt: MQTT 5 request/response with correlation and expiry, 3.1.1 with JSON; mosquitto's programs: raw bytes."""
import json
import os
import queue
import subprocess
import unittest

import gateway
import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

WINDOW = bytes(384)
BOUND_S = 30


def setUpModule():
    global rig
    rig = gateway.Gateway(os.environ["TINYFOG_BUILD"]).__enter__()


def tearDownModule():
    rig.__exit__()


class Client:
    def __init__(self, version, *filters):
        self.messages = queue.Queue()
        self.ready = queue.Queue()
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=version)
        self.client.on_message = lambda client, data, message: self.messages.put(message)
        self.client.on_subscribe = lambda *arguments: self.ready.put(True)
        self.client.connect("127.0.0.1", rig.mqtt_port)
        self.client.loop_start()
        for one in filters:
            self.client.subscribe(one, 1)
            self.ready.get(timeout=BOUND_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.disconnect()
        self.client.loop_stop()

    def next(self):
        return self.messages.get(timeout=BOUND_S)


def request_properties(**values):
    properties = Properties(PacketTypes.PUBLISH)
    for key, value in values.items():
        setattr(properties, key, value)
    return properties


def json_request():
    shown = rig.ctl("model", "show", "motor")["inputs"][0]
    return json.dumps({"id": "j1", "inputs": [{
        "name": shown["name"], "datatype": shown["datatype"],
        "shape": [max(1, d) for d in shown["shape"]], "data": [0] * len(WINDOW)}]})


class Mqtt5(unittest.TestCase):
    topic = "tinyfog/v1/default/paho5/up/infer/motor"

    def test_request_response_with_correlation_and_expiry(self):
        with Client(mqtt.MQTTv5, "answers/paho5") as client:
            for qos in (0, 1):
                client.client.publish(self.topic, WINDOW, qos, properties=request_properties(
                    ResponseTopic="answers/paho5", CorrelationData=b"\x00\x01q%d" % qos,
                    MessageExpiryInterval=30))
                answer = client.next()
                self.assertEqual(answer.topic, "answers/paho5")
                self.assertEqual(answer.properties.CorrelationData, b"\x00\x01q%d" % qos)
                self.assertEqual(len(answer.payload), 5)
                self.assertEqual(answer.qos, qos)

    def test_json_by_content_type(self):
        with Client(mqtt.MQTTv5, "answers/paho5") as client:
            client.client.publish(self.topic, json_request(), 1, properties=request_properties(
                ResponseTopic="answers/paho5", ContentType="application/json"))
            answer = client.next()
            self.assertEqual(answer.properties.ContentType, "application/json")
            body = json.loads(answer.payload)
            self.assertEqual((body["id"], body["model_name"]), ("j1", "motor"))
            self.assertEqual(len(body["outputs"][0]["data"]), 5)

    def test_an_error_has_status_and_reason(self):
        with Client(mqtt.MQTTv5, "answers/paho5") as client:
            client.client.publish(self.topic, b"short", 1, properties=request_properties(
                ResponseTopic="answers/paho5"))
            properties = dict(client.next().properties.UserProperty)
            self.assertEqual(properties["status"], "3")
            self.assertIn("384", properties["reason"])


class Mqtt311(unittest.TestCase):
    def test_json_by_topic_suffix(self):
        with Client(mqtt.MQTTv311, "tinyfog/v1/default/paho3/down/#") as client:
            client.client.publish("tinyfog/v1/default/paho3/up/infer/motor/json", json_request(), 1)
            answer = client.next()
            self.assertEqual(answer.topic, "tinyfog/v1/default/paho3/down/infer/motor/json")
            self.assertEqual(len(json.loads(answer.payload)["outputs"][0]["data"]), 5)

    def test_raw_bytes(self):
        with Client(mqtt.MQTTv311, "tinyfog/v1/default/paho3/down/#") as client:
            client.client.publish("tinyfog/v1/default/paho3/up/infer/motor", WINDOW, 0)
            answer = client.next()
            self.assertEqual(answer.topic, "tinyfog/v1/default/paho3/down/infer/motor")
            self.assertEqual(len(answer.payload), 5)


class Mosquitto(unittest.TestCase):
    def run_tool(self, name, *arguments):
        done = subprocess.run([name, "-h", "127.0.0.1", "-p", str(rig.mqtt_port), *arguments],
                              capture_output=True, timeout=2 * BOUND_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_json_request_and_response_of_mosquitto_rr(self):
        # Only -m works there: mosquitto_rr 2.0.11 sends nothing for -f and -s.
        answer = self.run_tool("mosquitto_rr", "-V", "mqttv5", "-q", "1", "-m", json_request(),
                               "-t", "tinyfog/v1/default/rr/up/infer/motor/json",
                               "-e", "answers/rr", "-W", str(BOUND_S), "-N")
        self.assertEqual(len(json.loads(answer)["outputs"][0]["data"]), 5)

    def test_raw_bytes_of_mosquitto_pub(self):
        window = rig.folder / "window.bin"
        window.write_bytes(WINDOW)
        with Client(mqtt.MQTTv5, "tinyfog/v1/default/pub/down/#") as client:
            self.run_tool("mosquitto_pub", "-f", str(window),
                          "-t", "tinyfog/v1/default/pub/up/infer/motor")
            self.assertEqual(len(client.next().payload), 5)


if __name__ == "__main__":
    unittest.main()

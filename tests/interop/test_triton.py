"""tritonclient, unchanged, against the real daemon; and its message definitions against ours."""
import os
import queue
import subprocess
import unittest

import gateway
import numpy as np
import tritonclient.grpc as triton
from google.protobuf import descriptor_pb2, descriptor_pool
from tritonclient.grpc import service_pb2
from tritonclient.utils import InferenceServerException

BOUND_S = 30


def setUpModule():
    global rig
    rig = gateway.Gateway(os.environ["TINYFOG_BUILD"]).__enter__()


def tearDownModule():
    rig.__exit__()


class Base(unittest.TestCase):
    def setUp(self):
        self.client = triton.InferenceServerClient(rig.endpoints["grpc"])
        self.addCleanup(self.client.close)
        tensor = self.client.get_model_metadata("motor").inputs[0]
        self.name = tensor.name
        self.shape = [max(1, d) for d in tensor.shape]

    def input(self, rows=1):
        data = np.arange(rows * 384, dtype=np.int64).astype(np.int8)
        tensor = triton.InferInput(self.name, [rows, *self.shape[1:]], "INT8")
        tensor.set_data_from_numpy(data.reshape([rows, *self.shape[1:]]))
        return tensor


class Health(Base):
    def test_live_and_ready(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        self.assertTrue(self.client.is_model_ready("motor"))
        self.assertFalse(self.client.is_model_ready("nosuchmodel"))


class Description(Base):
    def test_server_metadata(self):
        metadata = self.client.get_server_metadata(as_json=True)
        self.assertEqual(metadata["name"], "tinyfog")
        self.assertIn("model_repository", metadata["extensions"])

    def test_model_metadata(self):
        metadata = self.client.get_model_metadata("motor")
        self.assertEqual(metadata.name, "motor")
        self.assertEqual(list(metadata.versions), ["1"])
        self.assertEqual(metadata.inputs[0].datatype, "INT8")
        self.assertEqual(metadata.inputs[0].shape[0], -1)

    def test_model_config(self):
        config = self.client.get_model_config("motor").config
        self.assertEqual(config.name, "motor")
        self.assertGreaterEqual(config.max_batch_size, 1)
        self.assertEqual(config.input[0].data_type, 6)  # TYPE_INT8
        self.assertEqual(list(config.input[0].dims), self.shape[1:])

    def test_statistics(self):
        self.client.infer("motor", [self.input()])
        stats = self.client.get_inference_statistics("motor").model_stats[0]
        self.assertGreaterEqual(stats.inference_count, 1)
        self.assertGreaterEqual(stats.inference_stats.success.count, 1)
        self.assertGreater(stats.inference_stats.compute_infer.ns, 0)

    def test_unknown_model(self):
        with self.assertRaisesRegex(InferenceServerException, "NOT_FOUND"):
            self.client.get_model_metadata("nosuchmodel")


class Repository(Base):
    def test_index_unload_load(self):
        names = [m.name for m in self.client.get_model_repository_index().models]
        self.assertIn("motor", names)
        self.client.unload_model("motor")
        self.assertFalse(self.client.is_model_ready("motor"))
        self.client.load_model("motor")
        self.assertTrue(self.client.is_model_ready("motor"))
        with self.assertRaises(InferenceServerException):
            self.client.load_model("nosuchmodel")


class Inference(Base):
    def test_raw_contents(self):
        result = self.client.infer("motor", [self.input()], request_id="r1")
        output = result.get_response().outputs[0]
        self.assertEqual(result.get_response().id, "r1")
        self.assertEqual(result.as_numpy(output.name).shape, (1, 5))

    def test_typed_contents_give_the_same_bytes(self):
        raw = self.client.infer("motor", [self.input()]).get_response()
        request = service_pb2.ModelInferRequest(model_name="motor")
        tensor = request.inputs.add(name=self.name, datatype="INT8", shape=self.shape)
        values = np.arange(384, dtype=np.int64).astype(np.int8)
        tensor.contents.int_contents.extend(int(v) for v in values)
        typed = self.client._client_stub.ModelInfer(request)
        self.assertEqual(typed.raw_output_contents[0], raw.raw_output_contents[0])

    def test_a_batch_is_the_single_answers(self):
        batch = self.client.infer("motor", [self.input(4)]).get_response()
        data = np.arange(4 * 384, dtype=np.int64).astype(np.int8).reshape([4, *self.shape[1:]])
        singles = b""
        for row in range(4):
            tensor = triton.InferInput(self.name, self.shape, "INT8")
            tensor.set_data_from_numpy(data[row:row + 1])
            singles += self.client.infer("motor", [tensor]).get_response().raw_output_contents[0]
        self.assertEqual(batch.raw_output_contents[0], singles)

    def test_requested_output_and_classes(self):
        output = self.client.get_model_metadata("motor").outputs[0].name
        wanted = triton.InferRequestedOutput(output, class_count=2)
        result = self.client.infer("motor", [self.input()], outputs=[wanted]).as_numpy(output)
        score, index, label = result.reshape(-1)[0].decode().split(":")
        self.assertIn(label, ("normal", "imbalance", "misalignment", "bearing-fault", "looseness"))

    def test_wrong_shape(self):
        tensor = triton.InferInput(self.name, [1, 7], "INT8")
        tensor.set_data_from_numpy(np.zeros([1, 7], dtype=np.int8))
        with self.assertRaisesRegex(InferenceServerException, "INVALID_ARGUMENT"):
            self.client.infer("motor", [tensor])

    def test_asynchronous(self):
        answers = queue.Queue()
        self.client.async_infer("motor", [self.input()],
                                callback=lambda result, error: answers.put((result, error)))
        result, error = answers.get(timeout=BOUND_S)
        self.assertIsNone(error)
        self.assertEqual(result.get_response().model_name, "motor")

    def test_stream(self):
        answers = queue.Queue()
        self.client.start_stream(callback=lambda result, error: answers.put((result, error)))
        for i in range(10):
            self.client.async_stream_infer("motor", [self.input()], request_id=str(i))
        ids = set()
        for _ in range(10):
            result, error = answers.get(timeout=BOUND_S)
            self.assertIsNone(error)
            ids.add(result.get_response().id)
        self.assertEqual(ids, {str(i) for i in range(10)})
        self.client.async_stream_infer("nosuchmodel", [self.input()])
        result, error = answers.get(timeout=BOUND_S)
        self.assertIn("nosuchmodel", str(error))
        self.client.stop_stream()


class Definitions(unittest.TestCase):
    """Every message and field of ours has the number and type that tritonclient's own definitions have."""

    def test_field_numbers(self):
        folder = rig.folder / "descriptors"
        proto = gateway.SOURCE / "proto"
        subprocess.run(["protoc", "-I", proto, "--include_imports", f"--descriptor_set_out={folder}",
                        "inference/grpc_service.proto"], check=True)
        ours = descriptor_pb2.FileDescriptorSet.FromString(folder.read_bytes())
        pool = descriptor_pool.Default()
        compared = 0
        for file in ours.file:
            if file.package != "inference":
                continue
            for message in file.message_type:
                compared += self.compare(message, pool.FindMessageTypeByName("inference." + message.name))
            for service in file.service:
                theirs = pool.FindServiceByName("inference." + service.name)
                for method in service.method:
                    self.assertEqual(theirs.methods_by_name[method.name].input_type.full_name,
                                     method.input_type.lstrip("."))
        self.assertGreater(compared, 100)

    def compare(self, ours, theirs):
        count = 0
        for field in ours.field:
            other = theirs.fields_by_number.get(field.number)
            self.assertIsNotNone(other, f"{ours.name}.{field.name}")
            self.assertEqual((other.name, other.type), (field.name, field.type), ours.name)
            count += 1
        for nested in ours.nested_type:
            count += self.compare(nested, theirs.nested_types_by_name[nested.name])
        return count


if __name__ == "__main__":
    unittest.main()

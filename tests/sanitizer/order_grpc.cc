// Shows ThreadSanitizer in which order gRPC's threads run our code. Debian builds gRPC and Abseil
// without it, so it sees neither their mutexes nor their atomics. These definitions come before the
// libraries' in the search order; they call those and add the order that they guarantee.
#include <absl/synchronization/mutex.h>
#include <dlfcn.h>
#include <grpc/grpc.h>
#include <grpcpp/support/server_callback.h>
#include <sanitizer/tsan_interface.h>

#include <cstdlib>

namespace {

template <class Function>
Function* Next(const char* symbol) {
  void* const found = dlsym(RTLD_NEXT, symbol);
  if (found == nullptr) std::abort();
  return reinterpret_cast<Function*>(found);
}

}  // namespace

// A mutex: who locks it comes after who unlocked it.
namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35Mutex4LockEv");
  next(this);
  __tsan_acquire(this);
}

bool Mutex::TryLock() {
  static auto* const next = Next<bool(Mutex*)>("_ZN4absl7debian35Mutex7TryLockEv");
  const bool locked = next(this);
  if (locked) __tsan_acquire(this);
  return locked;
}

void Mutex::Unlock() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35Mutex6UnlockEv");
  __tsan_release(this);
  next(this);
}

void CondVar::Wait(Mutex* mutex) {
  static auto* const next =
      Next<void(CondVar*, Mutex*)>("_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE");
  __tsan_release(mutex);
  next(this, mutex);
  __tsan_acquire(mutex);
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  static auto* const next = Next<bool(CondVar*, Mutex*, Duration)>(
      "_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
  __tsan_release(mutex);
  const bool timed_out = next(this, mutex, timeout);
  __tsan_acquire(mutex);
  return timed_out;
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static auto* const next = Next<bool(CondVar*, Mutex*, Time)>(
      "_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
  __tsan_release(mutex);
  const bool timed_out = next(this, mutex, deadline);
  __tsan_acquire(mutex);
  return timed_out;
}

ABSL_NAMESPACE_END
}  // namespace absl

// An operation's completion, in whichever thread it is taken off the queue, comes after its start.
extern "C" grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* operations,
                                                 size_t count, void* tag, void* reserved) {
  static auto* const next = Next<decltype(grpc_call_start_batch)>("grpc_call_start_batch");
  __tsan_release(tag);
  return next(call, operations, count, tag, reserved);
}

extern "C" grpc_event grpc_completion_queue_next(grpc_completion_queue* queue,
                                                 gpr_timespec deadline, void* reserved) {
  static auto* const next =
      Next<decltype(grpc_completion_queue_next)>("grpc_completion_queue_next");
  const grpc_event event = next(queue, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(event.tag);
  return event;
}

extern "C" grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag,
                                                  gpr_timespec deadline, void* reserved) {
  static auto* const next =
      Next<decltype(grpc_completion_queue_pluck)>("grpc_completion_queue_pluck");
  const grpc_event event = next(queue, tag, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(tag);
  return event;
}

// OnDone comes after every other callback of its call: they count down an atomic, some in the
// library.
namespace {

template <auto Member>
struct Open {
  friend auto Outstanding() { return Member; }
};
auto Outstanding();
template struct Open<&grpc::internal::ServerCallbackCall::callbacks_outstanding_>;

void* CounterOf(grpc::internal::ServerCallbackCall* call) { return &(call->*Outstanding()); }

/// Lives on, as the library asks it something after OnCancel.
class Cancelled final : public grpc::internal::ServerReactor {
 public:
  Cancelled(grpc::internal::ServerCallbackCall* call, grpc::internal::ServerReactor* reactor)
      : call_(call), reactor_(reactor), inlineable_(reactor->InternalInlineable()) {}
  void OnDone() override { reactor_->OnDone(); }
  void OnCancel() override {
    reactor_->OnCancel();
    __tsan_release(CounterOf(call_));
  }
  bool InternalInlineable() override { return inlineable_; }

 private:
  grpc::internal::ServerCallbackCall* const call_;
  grpc::internal::ServerReactor* const reactor_;
  const bool inlineable_;
};

}  // namespace

void grpc::internal::ServerCallbackCall::CallOnCancel(ServerReactor* reactor) {
  static auto* const next = Next<void(ServerCallbackCall*, ServerReactor*)>(
      "_ZN4grpc8internal18ServerCallbackCall12CallOnCancelEPNS0_13ServerReactorE");
  next(this, new Cancelled(this, reactor));
}

void grpc::internal::ServerCallbackCall::ScheduleOnDone(bool inline_ondone) {
  static auto* const next = Next<void(ServerCallbackCall*, bool)>(
      "_ZN4grpc8internal18ServerCallbackCall14ScheduleOnDoneEb");
  __tsan_acquire(CounterOf(this));
  next(this, inline_ondone);
}

// The end of a server comes after the end of its calls.
namespace {
char calls;
}
extern "C" void grpc_call_unref(grpc_call* call) {
  static auto* const next = Next<decltype(grpc_call_unref)>("grpc_call_unref");
  __tsan_release(&calls);
  next(call);
}
extern "C" void grpc_server_destroy(grpc_server* server) {
  static auto* const next = Next<decltype(grpc_server_destroy)>("grpc_server_destroy");
  __tsan_acquire(&calls);
  next(server);
}

#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include "tinyfog/base/status.h"

namespace tinyfog {

/// Wraps an error so that `return Unexpected(error)` converts to any Result with that error type.
template <class E>
struct Unexpected {
  explicit Unexpected(E e) : error(std::move(e)) {}
  E error;
};

/// Either a T or the reason why there is none. Freestanding: no heap, no exceptions; dereferencing
/// an error is undefined, so check first. Not thread-safe. E is Status on nodes and Error
/// (tinyfog/host/error.h) on hosts.
template <class T, class E = Status>
class [[nodiscard]] Result {
 public:
  Result(T value) : ok_(true), value_(std::move(value)) {}             // NOLINT: implicit by intent
  Result(Unexpected<E> u) : ok_(false), error_(std::move(u.error)) {}  // NOLINT: implicit by intent
  Result(E error)                                                      // NOLINT: implicit by intent
      requires(!std::is_same_v<T, E>)
      : ok_(false), error_(std::move(error)) {}
  Result(const Result& other) : ok_(other.ok_) {
    if (ok_) {
      new (&value_) T(other.value_);
    } else {
      new (&error_) E(other.error_);
    }
  }
  Result(Result&& other) noexcept : ok_(other.ok_) {
    if (ok_) {
      new (&value_) T(std::move(other.value_));
    } else {
      new (&error_) E(std::move(other.error_));
    }
  }
  Result& operator=(Result other) noexcept {
    this->~Result();
    new (this) Result(std::move(other));
    return *this;
  }
  ~Result() {
    if (ok_) {
      value_.~T();
    } else {
      error_.~E();
    }
  }

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  T& value() & { return value_; }
  const T& value() const& { return value_; }
  T&& value() && { return std::move(value_); }
  T& operator*() & { return value_; }
  const T& operator*() const& { return value_; }
  T&& operator*() && { return std::move(value_); }
  T* operator->() { return &value_; }
  const T* operator->() const { return &value_; }
  const E& error() const& { return error_; }
  E&& error() && { return std::move(error_); }

 private:
  bool ok_;
  union {
    T value_;
    E error_;
  };
};

/// Success, or the reason for failure.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(Unexpected<E> u) : ok_(false), error_(std::move(u.error)) {}  // NOLINT: implicit by intent
  Result(E error) : ok_(false), error_(std::move(error)) {}            // NOLINT: implicit by intent

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const E& error() const& { return error_; }
  E&& error() && { return std::move(error_); }

 private:
  bool ok_ = true;
  E error_{};
};

}  // namespace tinyfog

#define TINYFOG_CONCAT_INNER(a, b) a##b
#define TINYFOG_CONCAT(a, b) TINYFOG_CONCAT_INNER(a, b)

/// Returns from the calling function with the error of `expr` (a Result) if it has one.
#define TINYFOG_TRY(expr)                                              \
  do {                                                                 \
    if (auto tinyfog_result = (expr); !tinyfog_result.ok())            \
      return ::tinyfog::Unexpected(std::move(tinyfog_result).error()); \
  } while (false)

/// Declares or assigns `target` from the value of `expr` (a Result), or returns its error.
#define TINYFOG_TRY_ASSIGN(target, expr) \
  TINYFOG_TRY_ASSIGN_INNER(TINYFOG_CONCAT(tinyfog_result_, __LINE__), target, expr)
#define TINYFOG_TRY_ASSIGN_INNER(result, target, expr)                       \
  auto result = (expr);                                                      \
  if (!result.ok()) return ::tinyfog::Unexpected(std::move(result).error()); \
  target = std::move(result).value()

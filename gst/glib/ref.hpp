// SPDX-License-Identifier: LGPL-2.1-or-later
// Ref<T>: a share in a reference-counted GLib or GStreamer thing, for members, containers and
// captures. (Locals in plain C style use g_autoptr.) Types without RefTraits do not compile, so
// that a mini-object can never be handled as a GObject by accident.
#pragma once

#include <gio/gio.h>

#include <utility>

namespace gemini {

template <typename T> struct RefTraits; // specialise with GEMINI_REF_TRAITS

// NOLINTBEGIN(bugprone-macro-parentheses)
#define GEMINI_REF_TRAITS(Type, ref_function, unref_function)                                      \
  template <> struct gemini::RefTraits<Type> {                                                     \
    static void ref(Type *p) { ref_function(p); }                                                  \
    static void unref(Type *p) { unref_function(p); }                                              \
  }
// NOLINTEND(bugprone-macro-parentheses)

template <typename T> class Ref {
public:
  Ref() = default;
  // Takes over a reference that the caller owns (transfer full).
  static Ref adopt(T *p)
  {
    Ref ref;
    ref.ptr_ = p;
    return ref;
  }
  // Takes a reference of its own (transfer none).
  static Ref share(T *p)
  {
    if (p)
      RefTraits<T>::ref(p);
    return adopt(p);
  }
  Ref(const Ref &other) : ptr_(other.ptr_)
  {
    if (ptr_)
      RefTraits<T>::ref(ptr_);
  }
  Ref(Ref &&other) noexcept : ptr_(std::exchange(other.ptr_, nullptr)) {}
  Ref &operator=(Ref other) noexcept // copy and swap serves both assignments
  {
    std::swap(ptr_, other.ptr_);
    return *this;
  }
  ~Ref()
  {
    if (ptr_)
      RefTraits<T>::unref(ptr_);
  }

  T *get() const { return ptr_; }
  // Hands the reference on (transfer full).
  [[nodiscard]] T *release() { return std::exchange(ptr_, nullptr); }
  explicit operator bool() const { return ptr_ != nullptr; }

private:
  T *ptr_ = nullptr;
};

} // namespace gemini

GEMINI_REF_TRAITS(GBytes, g_bytes_ref, g_bytes_unref);
GEMINI_REF_TRAITS(GCancellable, g_object_ref, g_object_unref);
GEMINI_REF_TRAITS(GMainContext, g_main_context_ref, g_main_context_unref);
GEMINI_REF_TRAITS(GMainLoop, g_main_loop_ref, g_main_loop_unref);
GEMINI_REF_TRAITS(GSource, g_source_ref, g_source_unref);

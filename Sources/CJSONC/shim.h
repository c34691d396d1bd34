// json-c for Swift: its macros, and struct fields that Swift would import awkwardly, as functions.
#pragma once

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

/// A parser that accepts RFC 8259 more strictly than json-c's default, to `depth` levels; NULL without memory.
static inline struct json_tokener *understudy_json_tokener(int depth) {
  struct json_tokener *tokener = json_tokener_new_ex(depth);
  if (NULL != tokener) json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  return tokener;
}

/// The first member of an object in source order, or NULL. The object must be of type object.
static inline const struct lh_entry *understudy_json_first_member(const struct json_object *object) {
  return json_object_get_object(object)->head;
}

static inline const struct lh_entry *understudy_json_next_member(const struct lh_entry *entry) { return entry->next; }
static inline const char *understudy_json_member_key(const struct lh_entry *entry) { return (const char *)entry->k; }
static inline struct json_object *understudy_json_member_value(const struct lh_entry *entry) {
  return (struct json_object *)entry->v;
}

/// The text that a double was parsed from, or NULL.
static inline const char *understudy_json_double_source(struct json_object *object) {
  return (const char *)json_object_get_userdata(object);
}

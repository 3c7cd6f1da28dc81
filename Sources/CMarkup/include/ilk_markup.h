#pragma once

#include <stddef.h>
#include <stdint.h>

/// What an HTML element means for the text of its document; all others are `ilk_html_inline`.
typedef enum {
    ilk_html_inline = 0,
    ilk_html_heading1,
    ilk_html_heading2,
    ilk_html_heading3,
    ilk_html_heading4,
    ilk_html_heading5,
    ilk_html_heading6,
    ilk_html_block,        // p, div, section, article, …: begins and ends a paragraph
    ilk_html_line_break,   // br
    ilk_html_rule,         // hr
    ilk_html_ordered_list, // ol
    ilk_html_list,         // ul, menu, dl
    ilk_html_item,         // li, dt, dd
    ilk_html_preformatted, // pre, listing, xmp, textarea
    ilk_html_quote,        // blockquote
    ilk_html_table,
    ilk_html_row,
    ilk_html_cell, // td, th
    ilk_html_title,
    ilk_html_skipped, // script, style, nav, template, …, and whatever is marked hidden
} ilk_html_tag;

/// Why a document was not read to its end.
typedef enum {
    ilk_html_read = 0,
    ilk_html_too_deep,
    ilk_html_too_large,
    ilk_html_no_memory,
} ilk_html_status;

/// Receives a document's elements and text, in order. Every start has its end, unless reading stopped early.
typedef struct {
    void *context;
    void (*start)(void *context, ilk_html_tag tag);
    void (*end)(void *context, ilk_html_tag tag);
    /// Text with its entities decoded: `count` bytes of UTF-8, cut between characters.
    void (*text)(void *context, const uint8_t *bytes, size_t count);
} ilk_html_receiver;

/// Reads `count` bytes of UTF-8 as HTML, as forgiving as a browser.
///
/// Builds no tree, opens no file and no connection, believes no charset but UTF-8. Elements deeper than
/// `max_depth` end it with `ilk_html_too_deep`: the parser looks through all open elements at every end tag, so depth
/// times length bounds the time. Reads exactly `count` bytes. May be called from several threads at once.
ilk_html_status ilk_html_parse(const char *bytes, size_t count, size_t max_depth, const ilk_html_receiver *receiver);

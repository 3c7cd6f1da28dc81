#include "ilk_markup.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

typedef struct {
    const char *name;
    ilk_html_tag tag;
} known_element;

// In the order of strcmp, for bsearch.
static const known_element known_elements[] = {
    {"address", ilk_html_block},     {"article", ilk_html_block},     {"aside", ilk_html_block},
    {"blockquote", ilk_html_quote},  {"body", ilk_html_block},        {"br", ilk_html_line_break},
    {"button", ilk_html_skipped},    {"canvas", ilk_html_skipped},    {"caption", ilk_html_block},
    {"center", ilk_html_block},      {"dd", ilk_html_item},           {"details", ilk_html_block},
    {"dialog", ilk_html_block},      {"dir", ilk_html_list},          {"div", ilk_html_block},
    {"dl", ilk_html_list},           {"dt", ilk_html_item},           {"fieldset", ilk_html_block},
    {"figcaption", ilk_html_block},  {"figure", ilk_html_block},      {"footer", ilk_html_block},
    {"form", ilk_html_block},        {"frameset", ilk_html_skipped},  {"h1", ilk_html_heading1},
    {"h2", ilk_html_heading2},       {"h3", ilk_html_heading3},       {"h4", ilk_html_heading4},
    {"h5", ilk_html_heading5},       {"h6", ilk_html_heading6},       {"header", ilk_html_block},
    {"hr", ilk_html_rule},           {"iframe", ilk_html_skipped},    {"legend", ilk_html_block},
    {"li", ilk_html_item},           {"listing", ilk_html_preformatted}, {"main", ilk_html_block},
    {"math", ilk_html_inline},       {"menu", ilk_html_list},         {"nav", ilk_html_skipped},
    {"noframes", ilk_html_skipped},  {"noscript", ilk_html_skipped},  {"object", ilk_html_skipped},
    {"ol", ilk_html_ordered_list},   {"option", ilk_html_skipped},    {"p", ilk_html_block},
    {"pre", ilk_html_preformatted},  {"script", ilk_html_skipped},    {"section", ilk_html_block},
    {"select", ilk_html_skipped},    {"style", ilk_html_skipped},     {"summary", ilk_html_block},
    {"svg", ilk_html_skipped},       {"table", ilk_html_table},       {"td", ilk_html_cell},
    {"template", ilk_html_skipped},  {"textarea", ilk_html_preformatted}, {"th", ilk_html_cell},
    {"title", ilk_html_title},       {"tr", ilk_html_row},            {"ul", ilk_html_list},
    {"xmp", ilk_html_preformatted},
};

static int compare_names(const void *name, const void *element) {
    return strcmp(name, ((const known_element *)element)->name);
}

static ilk_html_tag tag_of(const xmlChar *name) {
    const known_element *found = bsearch(
        (const char *)name, known_elements, sizeof(known_elements) / sizeof(known_elements[0]), sizeof(known_element),
        compare_names);
    return found ? found->tag : ilk_html_inline;
}

static bool is_hidden(const xmlChar **attributes) {
    for (; attributes && attributes[0]; attributes += 2) {
        const char *name = (const char *)attributes[0], *value = (const char *)attributes[1];
        if (strcmp(name, "hidden") == 0) return true;
        if (value && strcmp(name, "aria-hidden") == 0 && strcmp(value, "true") == 0) return true;
        if (value && strcmp(name, "role") == 0 && strcmp(value, "navigation") == 0) return true;
    }
    return false;
}

typedef struct {
    const ilk_html_receiver *receiver;
    htmlParserCtxtPtr parser;
    size_t depth, max_depth;
    ilk_html_status status;
    uint8_t *tags; // what was said at the start of each open element, to be said again at its end
} reading;

static void start_element(void *context, const xmlChar *name, const xmlChar **attributes) {
    reading *r = context;
    if (r->status) return;
    if (r->depth >= r->max_depth) {
        r->status = ilk_html_too_deep;
        xmlStopParser(r->parser);
        return;
    }
    ilk_html_tag tag = is_hidden(attributes) ? ilk_html_skipped : tag_of(name);
    r->tags[r->depth++] = (uint8_t)tag;
    r->receiver->start(r->receiver->context, tag);
}

static void end_element(void *context, const xmlChar *name) {
    (void)name; // the parser closes elements in order
    reading *r = context;
    if (r->status || r->depth == 0) return;
    r->receiver->end(r->receiver->context, (ilk_html_tag)r->tags[--r->depth]);
}

static void characters(void *context, const xmlChar *bytes, int count) {
    reading *r = context;
    if (r->status || count <= 0) return;
    r->receiver->text(r->receiver->context, bytes, (size_t)count);
}

static void ignore_error(void *context, xmlErrorPtr error) {
    (void)context;
    (void)error;
}

static pthread_once_t initialized = PTHREAD_ONCE_INIT;

static void initialize(void) { xmlInitParser(); }

ilk_html_status ilk_html_parse(const char *bytes, size_t count, size_t max_depth, const ilk_html_receiver *receiver) {
    if (count == 0) return ilk_html_read;
    if (count > INT_MAX / 2) return ilk_html_too_large;
    pthread_once(&initialized, initialize);

    htmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(bytes, (int)count);
    uint8_t *tags = malloc(max_depth + 1);
    if (!parser || !tags) {
        if (parser) htmlFreeParserCtxt(parser);
        free(tags);
        return ilk_html_no_memory;
    }
    reading r = {receiver, parser, 0, max_depth, ilk_html_read, tags};
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NODEFDTD | HTML_PARSE_IGNORE_ENC);
    xmlCharEncodingHandlerPtr utf8 = xmlFindCharEncodingHandler("UTF-8");
    if (utf8) {
        xmlSwitchToEncoding(parser, utf8);
        // A known encoding is not changed by what a <meta> says.
        if (parser->input && !parser->input->encoding) parser->input->encoding = xmlStrdup(BAD_CAST "UTF-8");
    }
    memset(parser->sax, 0, sizeof(*parser->sax));
    parser->sax->initialized = XML_SAX2_MAGIC;
    parser->sax->startElement = start_element;
    parser->sax->endElement = end_element;
    parser->sax->characters = characters;
    parser->sax->ignorableWhitespace = characters;
    parser->sax->cdataBlock = characters;
    parser->sax->serror = ignore_error;
    parser->userData = &r;
    htmlParseDocument(parser);
    if (!r.status && parser->errNo == XML_ERR_NO_MEMORY) r.status = ilk_html_no_memory;
    htmlFreeParserCtxt(parser);
    free(tags);
    return r.status;
}

package io.streamkeeper.protocol;

/**
 * The kinds of refusal, each with the HTTP status it answers and the code that clients see in
 * {@code {"error":{"code":…}}}. The codes are part of the interface: documented in {@code docs/errors.md}, never renamed.
 */
public enum ErrorCode {
    INVALID_REQUEST(400, "invalid_request"),
    INVALID_PATH(400, "invalid_path"),
    INVALID_HEADER(400, "invalid_header"),
    INVALID_PARAMETER(400, "invalid_parameter"),
    INVALID_OFFSET(400, "invalid_offset"),
    INVALID_JSON(400, "invalid_json"),
    EMPTY_BODY(400, "empty_body"),
    MISSING_CONTENT_TYPE(400, "missing_content_type"),
    INVALID_PRODUCER(400, "invalid_producer"),
    STALE_PRODUCER_EPOCH(403, "stale_producer_epoch"),
    STREAM_NOT_FOUND(404, "stream_not_found"),
    SOURCE_NOT_FOUND(404, "source_not_found"),
    NOT_FOUND(404, "not_found"),
    METHOD_NOT_ALLOWED(405, "method_not_allowed"),
    REQUEST_TIMEOUT(408, "request_timeout"),
    STREAM_EXISTS(409, "stream_exists"),
    STREAM_CLOSED(409, "stream_closed"),
    CONTENT_TYPE_MISMATCH(409, "content_type_mismatch"),
    SEQUENCE_REGRESSION(409, "sequence_regression"),
    PRODUCER_SEQUENCE_GAP(409, "producer_sequence_gap"),
    SOURCE_DELETED(409, "source_deleted"),
    STREAM_DELETED(410, "stream_deleted"),
    OFFSET_GONE(410, "offset_gone"),
    OFFSET_MISMATCH(412, "offset_mismatch"),
    BODY_TOO_LARGE(413, "body_too_large"),
    URI_TOO_LONG(414, "uri_too_long"),
    EXPECTATION_FAILED(417, "expectation_failed"),
    HEADERS_TOO_LARGE(431, "headers_too_large"),
    INTERNAL_ERROR(500, "internal_error"),
    NOT_IMPLEMENTED(501, "not_implemented"),
    OVERLOADED(503, "overloaded"),
    SHUTTING_DOWN(503, "shutting_down"),
    STORAGE_FAILED(503, "storage_failed"),
    VERSION_NOT_SUPPORTED(505, "version_not_supported"),
    STORAGE_FULL(507, "storage_full");

    private final int status;
    private final String code;

    ErrorCode(int status, String code) {
        this.status = status;
        this.code = code;
    }

    /** The HTTP status that this refusal answers. */
    public int status() {
        return status;
    }

    /** The code that clients see: lower-case words joined by underscores. */
    public String code() {
        return code;
    }
}

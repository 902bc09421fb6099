package io.streamkeeper.protocol;

/**
 * The kinds of refusal, each with its HTTP status and the code that clients see in
 * {@code {"error":{"code":…}}}. The codes are part of the interface: documented in {@code docs/errors.md}, never
 * renamed.
 */
public enum ErrorCode {
    /** The request is malformed HTTP; the connection is closed. */
    INVALID_REQUEST(400, "invalid_request"),
    /** The path is not a stream path, see {@link StreamPath#parse}. */
    INVALID_PATH(400, "invalid_path"),
    /** A header's value is not valid. */
    INVALID_HEADER(400, "invalid_header"),
    /** A query parameter is not valid. */
    INVALID_PARAMETER(400, "invalid_parameter"),
    /**
     * The offset is malformed, past the tail, inside a message or not one of this stream (section 8), or a fork's
     * sub-offset is past the end (section 4.2).
     */
    INVALID_OFFSET(400, "invalid_offset"),
    /** The body of a JSON stream is not one JSON text in UTF-8 (section 9.1). */
    INVALID_JSON(400, "invalid_json"),
    /** An append without bytes that does not close the stream (section 5.2). */
    EMPTY_BODY(400, "empty_body"),
    /** A body of a request that has none. */
    UNEXPECTED_BODY(400, "unexpected_body"),
    /** An append with a body and without {@code Content-Type} (section 5.2). */
    MISSING_CONTENT_TYPE(400, "missing_content_type"),
    /** Producer headers are incomplete or not valid, or a new epoch does not begin with 0 (section 5.2.1). */
    INVALID_PRODUCER(400, "invalid_producer"),
    /** The body of a request about a subscription is not valid (section 6.2). */
    SUBSCRIPTION_INVALID(400, "INVALID_REQUEST"),
    /** The server sends no webhooks to this URL (section 12.8). */
    WEBHOOK_URL_REJECTED(400, "WEBHOOK_URL_REJECTED"),
    /** The request has no credentials, or they are not valid. */
    UNAUTHENTICATED(401, "unauthenticated"),
    /** The token of a wake is missing, or of another subscription, or was not signed by this server (section 7.3). */
    WAKE_TOKEN_INVALID(401, "TOKEN_INVALID"),
    /** The token of a wake has expired (section 7.3). */
    WAKE_TOKEN_EXPIRED(401, "TOKEN_EXPIRED"),
    /** The client may not do this at this path, whether or not a stream exists there. */
    FORBIDDEN(403, "forbidden"),
    /** A later epoch of the producer has begun (section 5.2.1); see {@link Refusal#producer}. */
    STALE_PRODUCER_EPOCH(403, "stale_producer_epoch"),
    /** The request names a host that is not this server: the page that sends it may be of another site. */
    HOST_NOT_ALLOWED(403, "host_not_allowed"),
    /** The origin of the page that sends a write is neither the server's own nor an allowed one. */
    ORIGIN_NOT_ALLOWED(403, "origin_not_allowed"),
    /** The stream does not exist. */
    STREAM_NOT_FOUND(404, "stream_not_found"),
    /** The source of a fork does not exist (section 4.2). */
    SOURCE_NOT_FOUND(404, "source_not_found"),
    /** The subscription does not exist (section 6.3). */
    SUBSCRIPTION_NOT_FOUND(404, "SUBSCRIPTION_NOT_FOUND"),
    /** The server has no resource at this path, or the path is reserved (section 6). */
    NOT_FOUND(404, "not_found"),
    /** The resource does not support this method. */
    METHOD_NOT_ALLOWED(405, "method_not_allowed"),
    /** The request did not arrive in time. */
    REQUEST_TIMEOUT(408, "request_timeout"),
    /**
     * The path has a stream with another configuration (section 5.1), or a deleted stream that forks still need.
     */
    STREAM_EXISTS(409, "stream_exists"),
    /** The stream is closed (section 5.3); {@link Refusal#nextOffset} is its end. */
    STREAM_CLOSED(409, "stream_closed"),
    /**
     * The content type of the append differs from that of the stream (section 5.2), or the one that a stream is to have
     * would change how its bytes are read.
     */
    CONTENT_TYPE_MISMATCH(409, "content_type_mismatch"),
    /** {@code Stream-Seq} does not sort after the last one (section 5.2). */
    SEQUENCE_REGRESSION(409, "sequence_regression"),
    /** {@code Stream-Expected-Offset} is not the tail, which {@link Refusal#nextOffset} contains. */
    EXPECTED_OFFSET_CONFLICT(409, "expected_offset_conflict"),
    /** The producer skipped sequence numbers (section 5.2.1); see {@link Refusal#producer}. */
    PRODUCER_SEQUENCE_GAP(409, "producer_sequence_gap"),
    /** The source of a fork is deleted (section 4.2). */
    SOURCE_DELETED(409, "source_deleted"),
    /** The subscription exists with another configuration (section 6.2). */
    SUBSCRIPTION_EXISTS(409, "SUBSCRIPTION_ALREADY_EXISTS"),
    /** The wake that the request names is not the current one (section 7.3). */
    FENCED(409, "FENCED"),
    /** Another worker holds the lease of the subscription (section 7.2). */
    ALREADY_CLAIMED(409, "ALREADY_CLAIMED"),
    /** The subscription has no work to claim (section 7.2). */
    NO_PENDING_WORK(409, "NO_PENDING_WORK"),
    /** The members of the cluster cannot be changed in that way, or not now. */
    MEMBER_CHANGE_REFUSED(409, "member_change_refused"),
    /** An acknowledged offset is before the cursor or after the tail (section 7). */
    ACK_OFFSET_INVALID(409, "INVALID_OFFSET"),
    /** The stream is deleted, but forks still need its data (section 4.2). */
    STREAM_DELETED(410, "stream_deleted"),
    /**
     * The offset is of an earlier stream at this path, or retention has dropped it, and {@link Refusal#earliestOffset}
     * is where reading can continue.
     */
    OFFSET_GONE(410, "offset_gone"),
    /** {@code If-Match} is not the tail, which {@link Refusal#nextOffset} contains. */
    OFFSET_MISMATCH(412, "offset_mismatch"),
    /** {@code If-Match} is not the tag of the metadata, which {@link Refusal#metadataTag} contains. */
    METADATA_MISMATCH(412, "metadata_mismatch"),
    /** A precondition of the request other than the tail does not hold (RFC 9110 section 13.1). */
    PRECONDITION_FAILED(412, "precondition_failed"),
    /** The body is longer than the limit of the server. */
    BODY_TOO_LARGE(413, "body_too_large"),
    /** The request line is longer than the limit of the server. */
    URI_TOO_LONG(414, "uri_too_long"),
    /** The body has a content coding; it would be stored as if it were the content itself. */
    UNSUPPORTED_CONTENT_ENCODING(415, "unsupported_content_encoding"),
    /** {@code Expect} is not {@code 100-continue}. */
    EXPECTATION_FAILED(417, "expectation_failed"),
    /** The stream remembers its maximum of producers, and all have written recently (section 5.2.1). */
    TOO_MANY_PRODUCERS(422, "too_many_producers"),
    /** The client or the tenant sends more requests than its limit allows. */
    REQUEST_LIMIT(429, "request_limit"),
    /** The client or the tenant has sent more bytes than its limit allows. */
    RECEIVE_LIMIT(429, "receive_limit"),
    /** The client or the tenant was sent more bytes than its limit allows. */
    SEND_LIMIT(429, "send_limit"),
    /** The client or the tenant has as many live reads as its limit allows. */
    LIVE_LIMIT(429, "live_limit"),
    /** The tenant has as many streams as its limit allows. */
    STREAM_LIMIT(429, "stream_limit"),
    /** The streams of the tenant have as many bytes as its limit allows. */
    STORAGE_LIMIT(429, "storage_limit"),
    /** The client or the tenant has as many subscriptions as its limit allows. */
    SUBSCRIPTION_LIMIT(429, "subscription_limit"),
    /** The headers are longer than the limit of the server. */
    HEADERS_TOO_LARGE(431, "headers_too_large"),
    /** A fault of the server. */
    INTERNAL_ERROR(500, "internal_error"),
    /** A transfer coding other than {@code chunked}. */
    NOT_IMPLEMENTED(501, "not_implemented"),
    /** A limit of the server is reached; the client may retry later. */
    OVERLOADED(503, "overloaded"),
    /** The server is stopping. */
    SHUTTING_DOWN(503, "shutting_down"),
    /** The server is a member of a cluster whose leader cannot be reached; the request was not executed. */
    NO_LEADER(503, "no_leader"),
    /** The log has a new leader, and whether the request took effect is not known. */
    OUTCOME_UNKNOWN(503, "outcome_unknown"),
    /** The data is in an object store, which does not return it now; the client may retry later. */
    TIER_UNAVAILABLE(503, "tier_unavailable"),
    /** The disk has failed: nothing is acknowledged until the server restarts. */
    STORAGE_FAILED(503, "storage_failed"),
    /** The request is of another major version of HTTP. */
    VERSION_NOT_SUPPORTED(505, "version_not_supported"),
    /** The disk, or the memory for streams, is full; reads continue. */
    STORAGE_FULL(507, "storage_full");

    private final int status;
    private final String code;

    ErrorCode(int status, String code) {
        this.status = status;
        this.code = code;
    }

    /** {@return the HTTP status of this refusal} */
    public int status() {
        return status;
    }

    /** {@return the code that clients see: lower-case words joined by underscores} */
    public String code() {
        return code;
    }
}

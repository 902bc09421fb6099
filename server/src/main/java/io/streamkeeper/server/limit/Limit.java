package io.streamkeeper.server.limit;

import io.streamkeeper.protocol.ErrorCode;

/** The kinds of limits, with the names that users see. */
enum Limit {
    /** Requests in a time. */
    REQUESTS("requests", "requests", ErrorCode.REQUEST_LIMIT),
    /** Bytes of the bodies of requests in a time. */
    RECEIVED("in", "content-bytes", ErrorCode.RECEIVE_LIMIT),
    /** Bytes of responses in a time. */
    SENT("out", "content-bytes", ErrorCode.SEND_LIMIT),
    /** Live reads at a time. */
    LIVE("live", "concurrent-requests", ErrorCode.LIVE_LIMIT);

    private final String word;
    private final String unit;
    private final ErrorCode code;

    Limit(String word, String unit, ErrorCode code) {
        this.word = word;
        this.unit = unit;
        this.code = code;
    }

    /** Its name in the configuration. */
    String word() {
        return word;
    }

    /** The quota unit of the field {@code RateLimit-Policy}. */
    String unit() {
        return unit;
    }

    /** The code of its refusals. */
    ErrorCode code() {
        return code;
    }
}

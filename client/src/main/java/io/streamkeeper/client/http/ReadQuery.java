package io.streamkeeper.client.http;

import io.streamkeeper.client.api.ReadOptions;
import io.streamkeeper.protocol.ReadRange;
import io.streamkeeper.protocol.ReadStart;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The query of a read of a part of a stream, an extension of the protocol. */
final class ReadQuery {
    /** The times that RFC 3339 can express. */
    private static final long MILLIS_MIN = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();

    private static final long MILLIS_MAX =
            Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private ReadQuery() {}

    /**
     * Returns the query with its question mark.
     *
     * @throws io.streamkeeper.protocol.RefusedException if an offset is invalid
     * @throws IllegalArgumentException if the options describe a page without a limit
     */
    static String of(ReadOptions options) {
        List<String> parameters = new ArrayList<>();
        parameters.add(start(options.start()));
        ReadRange range = options.range();
        if (range != null) {
            bound(parameters, "limit", range.messagesMax());
            bound(parameters, "max_bytes", range.bytesMax());
            if (range.until() != null) {
                parameters.add("until=" + encoded(range.until().toString()));
            }
            if (range.backward()) {
                parameters.add("direction=backward");
            }
        }
        return "?" + String.join("&", parameters);
    }

    private static String start(ReadStart start) {
        if (start instanceof ReadStart.At at) {
            return "offset=" + encoded(at.offset().toString());
        }
        if (start instanceof ReadStart.Beginning) {
            return "offset=" + ReadStart.BEGINNING;
        }
        if (start instanceof ReadStart.Now) {
            return "offset=" + ReadStart.NOW;
        }
        if (start instanceof ReadStart.Since since) {
            long millis = Math.max(MILLIS_MIN, Math.min(MILLIS_MAX, since.millis()));
            return "since=" + encoded(Instant.ofEpochMilli(millis).toString());
        }
        if (start instanceof ReadStart.Last last) {
            return last.messages() > 0 ? "tail=" + last.messages() : "tail_bytes=" + last.bytes();
        }
        throw new IllegalStateException("a start of the unknown type " + start.getClass());
    }

    private static void bound(List<String> parameters, String name, long bound) {
        if (bound != ReadRange.NONE) {
            parameters.add(name + "=" + bound);
        }
    }

    /** Percent-encodes the value of a parameter. */
    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

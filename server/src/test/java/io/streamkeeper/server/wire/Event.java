package io.streamkeeper.server.wire;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server-sent event as a reader dispatches it; a comment has the type {@code comment}. */
record Event(String type, String data, @Nullable String id) {
    private static final Pattern NEXT = Pattern.compile("\"streamNextOffset\":\"([^\"]+)\"");

    boolean isData() {
        return type.equals("data");
    }

    boolean isControl() {
        return type.equals("control");
    }

    String nextOffset() {
        Matcher next = NEXT.matcher(data);
        if (!next.find()) {
            throw new AssertionError("no streamNextOffset in " + this);
        }
        return next.group(1);
    }

    boolean isUpToDate() {
        return data.contains("\"upToDate\":true");
    }

    boolean isClosed() {
        return data.contains("\"streamClosed\":true");
    }
}

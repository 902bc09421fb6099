package io.streamkeeper.server.wire;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server-sent event as a reader dispatches it; a comment has the type {@code comment}. */
public record Event(String type, String data, @Nullable String id) {
    private static final Pattern NEXT = Pattern.compile("\"streamNextOffset\":\"([^\"]+)\"");

    public boolean isData() {
        return type.equals("data");
    }

    public boolean isControl() {
        return type.equals("control");
    }

    public String nextOffset() {
        Matcher next = NEXT.matcher(data);
        if (!next.find()) {
            throw new AssertionError("no streamNextOffset in " + this);
        }
        return next.group(1);
    }

    public boolean isUpToDate() {
        return data.contains("\"upToDate\":true");
    }

    public boolean isClosed() {
        return data.contains("\"streamClosed\":true");
    }
}

package io.streamkeeper.server.cli.remote;

import java.util.Locale;

/** The short names of content types. */
final class ContentTypes {
    private ContentTypes() {}

    /** Returns the type for {@code json}, {@code text} or {@code bytes}, and any other text unchanged. */
    static String of(String written) {
        return switch (written.toLowerCase(Locale.ROOT)) {
            case "json" -> "application/json";
            case "text" -> "text/plain";
            case "bytes" -> "application/octet-stream";
            default -> written;
        };
    }

    /** Whether a stream of this type consists of JSON messages. */
    static boolean isJson(String type) {
        return type.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
    }
}

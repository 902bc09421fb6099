package io.streamkeeper.server.http.respond;

import java.util.Locale;

/** Reads an {@code Accept-Encoding} field (RFC 9110 section 12.5.3). */
public final class AcceptEncoding {
    private AcceptEncoding() {}

    /** Whether the client accepts {@code gzip}: it lists that, or else {@code *}, with a weight other than zero. */
    public static boolean allowsGzip(String field) {
        Boolean any = null;
        for (String part : field.toLowerCase(Locale.ROOT).split(",", -1)) {
            int semicolon = part.indexOf(';');
            String coding = (semicolon < 0 ? part : part.substring(0, semicolon)).strip();
            boolean allowed =
                    semicolon < 0 || !isZero(part.substring(semicolon + 1).strip());
            if (coding.equals("gzip")) {
                return allowed;
            }
            if (coding.equals("*")) {
                any = allowed;
            }
        }
        return any != null && any;
    }

    private static boolean isZero(String weight) {
        return weight.matches("q\\s*=\\s*0(\\.0{0,3})?");
    }
}

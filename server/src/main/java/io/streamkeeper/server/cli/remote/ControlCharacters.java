package io.streamkeeper.server.cli.remote;

import java.util.HexFormat;

/** Text of a server that is printed: a terminal would execute its control characters. */
final class ControlCharacters {
    private static final HexFormat HEX = HexFormat.of();

    private ControlCharacters() {}

    /** The text, with {@code \u005cu009b} instead of a control character; an equal string in a JSON document. */
    static String escaped(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                all.append("\\u").append(HEX.toHexDigits(c));
            } else {
                all.append(c);
            }
        }
        return all.toString();
    }
}

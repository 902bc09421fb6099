package io.streamkeeper.server.security;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of stream paths: {@code *} matches any part of a segment, {@code **} any text, and <code>{sub}</code> the
 * name of the principal. A name matches literally, and only if it is one segment, so no name can act as a wildcard or
 * reach into another segment. Immutable.
 */
final class PathPattern {
    /** Bounds the time of a match, which is polynomial in the length of the path by this number. */
    static final int WILDCARDS_MAX = 4;

    private static final String SUB = "{sub}";

    private enum Kind {
        LITERAL,
        PART_OF_SEGMENT,
        ANYTHING,
        NAME
    }

    private record Token(Kind kind, String text) {}

    private final String text;
    private final Token[] tokens;

    private PathPattern(String text, Token[] tokens) {
        this.text = text;
        this.tokens = tokens;
    }

    /**
     * Parses a pattern.
     *
     * @throws IllegalArgumentException if it can match no path, or has too many wildcards
     */
    static PathPattern parse(String text) {
        if (text.isEmpty() || text.startsWith("/") || text.endsWith("/") || text.contains("//")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a pattern of paths; expected segments joined by slashes, such as chat/**");
        }
        List<Token> tokens = new ArrayList<>();
        int wildcards = 0;
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith("**", at)) {
                tokens.add(new Token(Kind.ANYTHING, ""));
                wildcards++;
                at += 2;
            } else if (text.charAt(at) == '*') {
                tokens.add(new Token(Kind.PART_OF_SEGMENT, ""));
                wildcards++;
                at++;
            } else if (text.startsWith(SUB, at)) {
                tokens.add(new Token(Kind.NAME, ""));
                at += SUB.length();
            } else {
                int end = literalEnd(text, at);
                tokens.add(new Token(Kind.LITERAL, text.substring(at, end)));
                at = end;
            }
        }
        if (wildcards > WILDCARDS_MAX) {
            throw new IllegalArgumentException(
                    "'" + text + "' has " + wildcards + " wildcards; expected at most " + WILDCARDS_MAX);
        }
        return new PathPattern(text, tokens.toArray(Token[]::new));
    }

    private static int literalEnd(String text, int start) {
        int end = start + 1;
        while (end < text.length() && text.charAt(end) != '*' && !text.startsWith(SUB, end)) {
            end++;
        }
        return end;
    }

    /** The pattern of one path and of all paths below it, whatever characters it contains. */
    static PathPattern[] prefix(String path) {
        Token self = new Token(Kind.LITERAL, path);
        Token below = new Token(Kind.LITERAL, path + "/");
        return new PathPattern[] {
            new PathPattern(path, new Token[] {self}),
            new PathPattern(path + "/**", new Token[] {below, new Token(Kind.ANYTHING, "")})
        };
    }

    /** Whether the pattern contains the name of the principal. */
    boolean hasName() {
        for (Token token : tokens) {
            if (token.kind() == Kind.NAME) {
                return true;
            }
        }
        return false;
    }

    boolean matches(String path, String name) {
        return matches(0, path, 0, name);
    }

    private boolean matches(int index, String path, int at, String name) {
        if (index == tokens.length) {
            return at == path.length();
        }
        Token token = tokens[index];
        return switch (token.kind()) {
            case LITERAL ->
                path.startsWith(token.text(), at)
                        && matches(index + 1, path, at + token.text().length(), name);
            case NAME ->
                !name.isEmpty()
                        && name.indexOf('/') < 0
                        && path.startsWith(name, at)
                        && matches(index + 1, path, at + name.length(), name);
            case PART_OF_SEGMENT, ANYTHING -> matchesWildcard(index, path, at, name);
        };
    }

    private boolean matchesWildcard(int index, String path, int at, String name) {
        boolean crosses = tokens[index].kind() == Kind.ANYTHING;
        if (crosses && index == tokens.length - 1) {
            return true;
        }
        for (int end = at; end <= path.length(); end++) {
            if (matches(index + 1, path, end, name)) {
                return true;
            }
            if (!crosses && end < path.length() && path.charAt(end) == '/') {
                return false;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return text;
    }
}

package io.streamkeeper.server.security;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of stream paths: {@code *} matches any part of a segment, {@code **} any text, and <code>{sub}</code> the
 * name of the principal. A name matches literally, and only if it is one segment, so no name can act as a wildcard or
 * reach into another segment. A match takes a time of at most the length of the pattern multiplied by that of the path.
 * Immutable.
 */
final class PathPattern {
    private static final String SUB = "{sub}";
    private static final char ESCAPE = '\\';

    private enum Kind {
        LITERAL,
        PART_OF_SEGMENT,
        ANYTHING,
        NAME
    }

    private record Token(Kind kind, String text) {}

    private final String text;
    private final Token[] tokens;

    /** Whether it is any text after a literal one, or without: most patterns, of which no positions are needed. */
    private final boolean isPrefix;

    private PathPattern(String text, Token[] tokens) {
        this.text = text;
        this.tokens = tokens;
        this.isPrefix = tokens[tokens.length - 1].kind() == Kind.ANYTHING
                && (tokens.length == 1 || (tokens.length == 2 && tokens[0].kind() == Kind.LITERAL));
    }

    /**
     * Parses a pattern.
     *
     * @throws IllegalArgumentException if it can match no path
     */
    static PathPattern parse(String text) {
        if (text.isEmpty() || text.startsWith("/") || text.endsWith("/") || text.contains("//")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a pattern of paths; expected segments joined by slashes, such as chat/**");
        }
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith("**", at)) {
                tokens.add(new Token(Kind.ANYTHING, ""));
                at += 2;
            } else if (text.charAt(at) == '*') {
                tokens.add(new Token(Kind.PART_OF_SEGMENT, ""));
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

    /** A text from which {@link #ofStored} makes the same pattern: one that is a prefix may have any characters. */
    String stored() {
        StringBuilder stored = new StringBuilder();
        for (Token token : tokens) {
            switch (token.kind()) {
                case LITERAL -> token.text().chars().forEach(c -> appendLiteral(stored, (char) c));
                case PART_OF_SEGMENT -> stored.append('*');
                case ANYTHING -> stored.append("**");
                case NAME -> stored.append(SUB);
            }
        }
        return stored.toString();
    }

    private static void appendLiteral(StringBuilder stored, char c) {
        if (c == '*' || c == '{' || c == ESCAPE) {
            stored.append(ESCAPE);
        }
        stored.append(c);
    }

    /**
     * The pattern of a stored text.
     *
     * @throws IllegalArgumentException if {@link #stored} makes no such text
     */
    static PathPattern ofStored(String stored) {
        List<Token> tokens = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < stored.length()) {
            Token symbol = symbolAt(stored, at);
            if (symbol != null) {
                addLiteral(literal, tokens);
                tokens.add(symbol);
                at += symbol.text().length();
            } else {
                at += stored.charAt(at) == ESCAPE ? 1 : 0;
                if (at == stored.length()) {
                    throw new IllegalArgumentException("'" + stored + "' is no stored pattern of paths");
                }
                literal.append(stored.charAt(at++));
            }
        }
        addLiteral(literal, tokens);
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException("an empty text is no stored pattern of paths");
        }
        return new PathPattern(stored, tokens.toArray(Token[]::new));
    }

    /** The token with its symbol; null for a character of a literal text. */
    private static @Nullable Token symbolAt(String stored, int at) {
        if (stored.startsWith("**", at)) {
            return new Token(Kind.ANYTHING, "**");
        }
        if (stored.charAt(at) == '*') {
            return new Token(Kind.PART_OF_SEGMENT, "*");
        }
        return stored.startsWith(SUB, at) ? new Token(Kind.NAME, SUB) : null;
    }

    private static void addLiteral(StringBuilder literal, List<Token> tokens) {
        if (literal.length() > 0) {
            tokens.add(new Token(Kind.LITERAL, literal.toString()));
            literal.setLength(0);
        }
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
        if (tokens[0].kind() == Kind.LITERAL && !path.startsWith(tokens[0].text())) {
            return false;
        }
        if (isPrefix) {
            return true;
        }
        BitSet positions = new BitSet(path.length() + 1);
        positions.set(0);
        for (Token token : tokens) {
            positions = after(token, positions, path, name);
        }
        return positions.get(path.length());
    }

    /** The positions of the path at which a match of the token can end that begins at one of {@code starts}. */
    private static BitSet after(Token token, BitSet starts, String path, String name) {
        return switch (token.kind()) {
            case LITERAL -> afterText(token.text(), starts, path);
            case NAME -> afterText(name.indexOf('/') < 0 ? name : "", starts, path);
            case PART_OF_SEGMENT -> afterPartOfSegment(starts, path);
            case ANYTHING -> {
                BitSet ends = new BitSet(path.length() + 1);
                int first = starts.nextSetBit(0);
                if (first >= 0) {
                    ends.set(first, path.length() + 1);
                }
                yield ends;
            }
        };
    }

    /** An empty text, which is no name, matches nowhere. */
    private static BitSet afterText(String text, BitSet starts, String path) {
        BitSet ends = new BitSet(path.length() + 1);
        if (!text.isEmpty()) {
            for (int at = starts.nextSetBit(0); at >= 0; at = starts.nextSetBit(at + 1)) {
                if (path.startsWith(text, at)) {
                    ends.set(at + text.length());
                }
            }
        }
        return ends;
    }

    /** All starts of one segment reach the same end, so each segment is walked once. */
    private static BitSet afterPartOfSegment(BitSet starts, String path) {
        BitSet ends = new BitSet(path.length() + 1);
        int at = starts.nextSetBit(0);
        while (at >= 0) {
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            ends.set(at, end + 1);
            at = starts.nextSetBit(end + 1);
        }
        return ends;
    }

    @Override
    public String toString() {
        return text;
    }
}

package io.streamkeeper.server.security;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A new random token.
 *
 * @param token what the client sends; kept nowhere else
 * @param line the line for the file of tokens, which contains only the digest
 */
public record NewToken(String token, String line) {
    /**
     * {@return a new token}
     *
     * @param name the client's name in rules: one word other than {@code *} and {@code anonymous}
     * @param expires when it expires; null for never
     * @throws IllegalArgumentException if the name is not allowed
     */
    public static NewToken make(String name, @Nullable Instant expires) {
        if (!name.matches("[^\\s#]\\S*") || !PolicyRules.isName(name)) {
            throw new IllegalArgumentException("the name is '" + name
                    + "'; expected one word other than * and anonymous, that does not begin with #, cert: or signed:");
        }
        String token = StaticTokens.newToken();
        return new NewToken(token, StaticTokens.line(name, token, expires));
    }

    @Override
    public String toString() {
        return line;
    }
}

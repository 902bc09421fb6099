package io.streamkeeper.server.subscription;

import org.jspecify.annotations.Nullable;

/** Tokens in plain text. */
public final class TextTokens implements WakeTokens {
    @Override
    public String sign(Claims claims) {
        return "t|" + claims.subscription() + "|" + claims.incarnation() + "|" + claims.generation() + "|"
                + claims.expiresMillis();
    }

    @Override
    public @Nullable Claims verify(String token) {
        String[] parts = token.split("\\|", -1);
        return parts.length == 5 && parts[0].equals("t")
                ? new Claims(parts[1], parts[2], Long.parseLong(parts[3]), Long.parseLong(parts[4]))
                : null;
    }
}

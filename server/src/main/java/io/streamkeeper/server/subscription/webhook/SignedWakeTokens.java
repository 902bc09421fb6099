package io.streamkeeper.server.subscription.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.streamkeeper.protocol.Base64Url;
import io.streamkeeper.server.subscription.WakeTokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that are JSON Web Tokens with HMAC-SHA256: {@code header.claims.signature}, each in base64url.
 *
 * <pre>
 *   header   {"alg":"HS256","kid":"ds_…"}
 *   claims   {"sub":"&lt;subscription&gt;","inc":"&lt;incarnation&gt;","gen":7,"exp":1778324210.000}
 * </pre>
 *
 * The header is compared as text and never parsed, so no token selects how it is verified. Claims are parsed after the
 * signature was verified.
 */
public final class SignedWakeTokens implements WakeTokens {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int LENGTH_MAX = 8 << 10;
    private static final int MILLIS_DIGITS = 3;

    private final StoredWebhookKeys keys;

    /** Tokens with the keys of a server. */
    public SignedWakeTokens(StoredWebhookKeys keys) {
        this.keys = keys;
    }

    @Override
    public String sign(Claims claims) {
        VerifyingKey key = keys.set().current().verifying();
        String signed = header(key) + "." + Base64Url.encode(json(claims));
        return signed + "." + Base64Url.encode(key.macOfToken(signed));
    }

    @Override
    public @Nullable Claims verify(String token) {
        int header = token.indexOf('.');
        int claims = token.lastIndexOf('.');
        if (token.length() > LENGTH_MAX || header < 0 || claims <= header) {
            return null;
        }
        VerifyingKey key = keyOf(token.substring(0, header));
        byte[] given = Base64Url.decode(token.substring(claims + 1));
        byte[] json = Base64Url.decode(token.substring(header + 1, claims));
        if (key == null || given == null || json == null) {
            return null;
        }
        return MessageDigest.isEqual(key.macOfToken(token.substring(0, claims)), given) ? claims(json) : null;
    }

    private @Nullable VerifyingKey keyOf(String header) {
        for (VerifyingKey key : keys.verifying()) {
            if (header(key).equals(header)) {
                return key;
            }
        }
        return null;
    }

    private static String header(VerifyingKey key) {
        return Base64Url.encode(
                ("{\"alg\":\"HS256\",\"kid\":\"" + key.id() + "\"}").getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] json(Claims claims) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("sub", claims.subscription());
            json.writeStringField("inc", claims.incarnation());
            json.writeNumberField("gen", claims.generation());
            json.writeNumberField("exp", BigDecimal.valueOf(claims.expiresMillis(), MILLIS_DIGITS));
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalArgumentException("the claims cannot be written: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    private static @Nullable Claims claims(byte[] bytes) {
        String subscription = null;
        String incarnation = null;
        long generation = 0;
        long expiresMillis = 0;
        try (JsonParser json = JSON.createParser(bytes)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                json.nextToken();
                switch (json.currentName()) {
                    case "sub" -> subscription = json.getText();
                    case "inc" -> incarnation = json.getText();
                    case "gen" -> generation = json.getLongValue();
                    case "exp" ->
                        expiresMillis = json.getDecimalValue()
                                .movePointRight(MILLIS_DIGITS)
                                .longValueExact();
                    default -> json.skipChildren();
                }
            }
        } catch (IOException | ArithmeticException e) {
            return null;
        }
        return subscription == null || incarnation == null
                ? null
                : new Claims(subscription, incarnation, generation, expiresMillis);
    }
}

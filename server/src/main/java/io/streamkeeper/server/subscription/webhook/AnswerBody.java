package io.streamkeeper.server.subscription.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Utf8;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Collects the body of an answer, and decides whether it says that the work is done. Owned by one loop. */
final class AnswerBody {
    /** The most bytes of an answer that are kept; a longer one is no answer of the protocol, and says nothing. */
    static final int BYTES_MAX = 64 << 10;

    private static final int DEPTH_MAX = 32;
    private static final byte[] NONE = new byte[0];

    /** It keeps no names, because receivers may send any number of different ones. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
            .build();

    private byte[] bytes = NONE;
    private int length;

    /** Adds bytes; returns false if there are too many, and keeps none of them. */
    boolean add(ByteBuf part) {
        int count = part.readableBytes();
        if (count > BYTES_MAX - length) {
            return false;
        }
        if (length + count > bytes.length) {
            // Nearly every answer is one part; a long one grows as it arrives.
            bytes = Arrays.copyOf(bytes, Math.min(BYTES_MAX, Math.max(length + count, 2 * bytes.length)));
        }
        part.readBytes(bytes, length, count);
        length += count;
        return true;
    }

    /** Whether it is an object with a member {@code done} that is the literal {@code true}. */
    boolean isDone() {
        String text = Utf8.decode(bytes, length);
        return text != null && isDone(text);
    }

    private static boolean isDone(String text) {
        boolean isDone = false;
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                boolean isTrue = json.nextToken() == JsonToken.VALUE_TRUE;
                isDone |= isTrue && name.equals("done");
                json.skipChildren();
            }
            return isDone && isEnd(json.nextToken());
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isEnd(@Nullable JsonToken token) {
        return token == null;
    }
}

package io.streamkeeper.server.http.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.RefusedException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request that names many streams, in steps: a list of strings, or an object with the lists {@code
 * add} and {@code remove}. Owned by one loop.
 */
final class StreamLists implements AutoCloseable {
    /** Bytes of the body that one step reads, in which thousands of streams may be named. */
    static final int STEP_BYTES = 16 << 10;

    private enum Place {
        BEGINNING,
        OBJECT,
        MEMBER,
        LIST,
        END
    }

    private final ByteBuf body;
    private final Consumer<String> added;
    private final @Nullable Consumer<String> removed;
    private final JsonParser json;
    private final ByteArrayFeeder feeder;
    private final byte[] piece;
    private int index;
    private Place place = Place.BEGINNING;
    private Consumer<String> list;

    /**
     * The lists in {@code body}.
     *
     * @param body not owned, and not consumed
     * @param textBytesMax the bytes of the longest string
     * @param added receives the strings of the list, or of the first list of the object
     * @param removed receives those of the other list; null if the body is a list
     */
    StreamLists(ByteBuf body, int textBytesMax, Consumer<String> added, @Nullable Consumer<String> removed) {
        this.body = body;
        this.index = body.readerIndex();
        this.added = added;
        this.removed = removed;
        this.list = added;
        this.piece = new byte[Math.min(STEP_BYTES, body.readableBytes())];
        try {
            this.json = factory(textBytesMax).createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new IllegalStateException("a parser without input cannot be created", e);
        }
        this.feeder = (ByteArrayFeeder) json.getNonBlockingInputFeeder();
    }

    /** It keeps no names, because a client may send any number of different ones. */
    private static JsonFactory factory(int textBytesMax) {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(textBytesMax)
                        .maxNameLength(textBytesMax)
                        .build())
                .build();
    }

    /**
     * Reads the next bytes; returns whether they were the last.
     *
     * @throws RefusedException if the body is not valid
     */
    boolean step() {
        int bytes = Math.min(piece.length, body.writerIndex() - index);
        body.getBytes(index, piece, 0, bytes);
        index += bytes;
        boolean isLast = index == body.writerIndex();
        try {
            feeder.feedInput(piece, 0, bytes);
            if (isLast) {
                feeder.endOfInput();
            }
            JsonToken token = json.nextToken();
            while (token != null && token != JsonToken.NOT_AVAILABLE) {
                take(token);
                token = json.nextToken();
            }
            if (isLast && token == JsonToken.NOT_AVAILABLE) {
                // Without further bytes, this is the end or an incomplete token.
                token = json.nextToken();
            }
            expect(!isLast || (token == null && place == Place.END));
        } catch (JsonProcessingException e) {
            throw invalid();
        } catch (IOException e) {
            throw new IllegalStateException("a body in memory cannot be read", e);
        }
        return isLast;
    }

    private void take(JsonToken token) throws IOException {
        switch (place) {
            case BEGINNING -> {
                expect(token == (removed == null ? JsonToken.START_ARRAY : JsonToken.START_OBJECT));
                place = removed == null ? Place.LIST : Place.OBJECT;
            }
            case OBJECT -> {
                expect(token == JsonToken.FIELD_NAME || token == JsonToken.END_OBJECT);
                if (token == JsonToken.FIELD_NAME) {
                    list = member(json.currentName());
                    place = Place.MEMBER;
                } else {
                    place = Place.END;
                }
            }
            case MEMBER -> {
                expect(token == JsonToken.START_ARRAY);
                place = Place.LIST;
            }
            case LIST -> {
                expect(token == JsonToken.VALUE_STRING || token == JsonToken.END_ARRAY);
                if (token == JsonToken.VALUE_STRING) {
                    list.accept(json.getText());
                } else {
                    place = removed == null ? Place.END : Place.OBJECT;
                }
            }
            case END -> throw invalid();
        }
    }

    private Consumer<String> member(String name) {
        if (name.equals("add")) {
            return added;
        }
        if (removed == null || !name.equals("remove")) {
            throw invalid();
        }
        return removed;
    }

    private static void expect(boolean holds) {
        if (!holds) {
            throw invalid();
        }
    }

    private static RefusedException invalid() {
        return new RefusedException(
                ErrorCode.INVALID_JSON,
                "the body is not valid; expected a list of strings such as [\"chat/42@-1\"], or, with the parameter"
                        + " session, an object such as {\"add\":[\"chat/42@-1\"],\"remove\":[\"chat/41\"]}");
    }

    @Override
    public void close() {
        try {
            json.close();
        } catch (IOException e) {
            throw new IllegalStateException("a parser without input cannot be closed", e);
        }
    }
}

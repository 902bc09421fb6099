package io.streamkeeper.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;

/**
 * Makes parsers of one nesting limit. Owned by the {@link JsonSplitter} that parses with them.
 *
 * <p>A factory remembers the names of all objects that its parsers meet, and every parser that meets a new one copies
 * what is remembered. Names are the clients' own and of any length; so a factory serves {@value #FACTORY_BYTES} bytes of
 * text and is left then, and nothing that clients send piles up.
 */
final class JsonParsers {
    private static final int FACTORY_BYTES = 256 << 10;

    private final int nestingMax;
    private JsonFactory factory;
    private int bytesLeft = FACTORY_BYTES;

    JsonParsers(int nestingMax) {
        this.nestingMax = nestingMax;
        this.factory = factory(nestingMax);
    }

    private static JsonFactory factory(int nestingMax) {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(nestingMax)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    /** A parser of {@code length} bytes; the text that uses a factory up takes it along. */
    JsonParser of(byte[] array, int start, int length) throws IOException {
        return next(length).createParser(array, start, length);
    }

    /** The same for {@code length} bytes of {@code text}, of which the parser holds few at a time. */
    JsonParser of(InputStream text, int length) throws IOException {
        return next(length).createParser(text);
    }

    private JsonFactory next(int length) {
        JsonFactory used = factory;
        bytesLeft -= length;
        if (bytesLeft < 0) {
            factory = factory(nestingMax);
            bytesLeft = FACTORY_BYTES;
        }
        return used;
    }
}

package io.streamkeeper.server.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.JsonMessages;
import io.streamkeeper.protocol.JsonSplitter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of a stream that was read at once, perhaps empty, with the offset behind it. Whoever keeps both together never
 * loses or doubles anything.
 */
public final class Batch {
    private final ContentType contentType;
    private final byte[] bytes;
    private final String nextOffset;
    private final boolean upToDate;
    private final boolean closed;

    /**
     * A run of bytes.
     *
     * @param contentType the stream's
     * @param bytes as a GET has them: JSON messages as one array; not copied
     * @param nextOffset the offset behind the run
     * @param upToDate whether the run ended at the tail
     * @param closed whether the stream is closed and the run ended at its tail
     */
    public Batch(ContentType contentType, byte[] bytes, String nextOffset, boolean upToDate, boolean closed) {
        this.contentType = contentType;
        this.bytes = bytes;
        this.nextOffset = nextOffset;
        this.upToDate = upToDate;
        this.closed = closed;
    }

    /** {@return the stream's content type, as it was given when the stream was created} */
    public String contentType() {
        return contentType.value();
    }

    /** {@return the bytes themselves, not a copy; for a JSON stream one array of the messages, {@code []} if empty} */
    public byte[] bytes() {
        return bytes;
    }

    /** {@return the bytes as UTF-8; what is not UTF-8 becomes U+FFFD, a character that the run cuts in two included} */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * {@return the messages of a JSON stream, each as the JSON text that was appended} The list cannot be changed.
     *
     * @throws StreamException.ContentTypeMismatch if the stream has bytes rather than messages, or these are no JSON
     */
    public List<String> messages() {
        if (!contentType.isJson()) {
            throw noMessages("it has bytes, not messages");
        }
        if (bytes.length == 0) {
            return List.of();
        }
        ByteBuf array = Unpooled.wrappedBuffer(bytes);
        Body body = JsonSplitter.ofReads().split(array);
        JsonMessages found = body.messages();
        if (found == null) {
            throw noMessages("what was read is no JSON");
        }
        List<String> messages = new ArrayList<>(found.count());
        for (int i = 0; i < found.count(); i++) {
            messages.add(array.toString(found.start(i), found.end(i) - found.start(i), StandardCharsets.UTF_8));
        }
        return List.copyOf(messages);
    }

    private StreamException noMessages(String reason) {
        return new StreamException.ContentTypeMismatch("the stream's content type is " + contentType.value() + " and "
                + reason + "; expected " + ContentType.JSON.value());
    }

    /** {@return whether there is nothing in it; its offset may be another than that of the batch before all the same} */
    public boolean isEmpty() {
        return bytes.length == 0 || (contentType.isJson() && bytes.length == 2);
    }

    /** {@return the offset behind the run, to read on from} */
    public String nextOffset() {
        return nextOffset;
    }

    /** {@return whether the run ended at the tail as it was then} */
    public boolean upToDate() {
        return upToDate;
    }

    /** {@return whether the stream is closed and this was the last of it} */
    public boolean closed() {
        return closed;
    }

    @Override
    public String toString() {
        return bytes.length + " bytes of " + contentType + " before " + nextOffset + (closed ? ", closed" : "");
    }
}

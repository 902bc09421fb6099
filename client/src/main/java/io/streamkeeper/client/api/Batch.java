package io.streamkeeper.client.api;

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
 * A part of a stream that one read returned, possibly empty, with the offset after it. A program that stores the offset
 * together with the result of the batch neither loses nor repeats data.
 */
public final class Batch {
    private final ContentType contentType;
    private final byte[] bytes;
    private final String nextOffset;
    private final boolean upToDate;
    private final boolean closed;

    /**
     * A part of a stream.
     *
     * @param contentType the stream's content type
     * @param bytes as in the response to a GET: JSON messages as one array; not copied
     * @param nextOffset the offset after this part
     * @param upToDate whether this part ends at the tail
     * @param closed whether the stream is closed and this is its end
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

    /**
     * {@return the bytes, decoded as UTF-8; invalid UTF-8, such as half a character at an end of the batch, becomes
     * U+FFFD}
     */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * {@return the messages of a JSON stream, each as the JSON text that was appended} The list cannot be changed.
     *
     * @throws StreamException.ContentTypeMismatch if the stream consists of bytes rather than messages, or the data is
     *     not JSON
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
            throw noMessages("the data is not JSON");
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

    /** {@return whether it has no data; its offset may still differ from that of the previous batch} */
    public boolean isEmpty() {
        return bytes.length == 0 || (contentType.isJson() && bytes.length == 2);
    }

    /** {@return the offset after this batch, from which to read next} */
    public String nextOffset() {
        return nextOffset;
    }

    /** {@return whether it ended at the tail when it was read} */
    public boolean upToDate() {
        return upToDate;
    }

    /** {@return whether the stream is closed and this is its end} */
    public boolean closed() {
        return closed;
    }

    @Override
    public String toString() {
        return bytes.length + " bytes of " + contentType + " before " + nextOffset + (closed ? ", closed" : "");
    }
}

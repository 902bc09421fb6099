package io.streamkeeper.server.http.subscription;

import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.subscription.StreamLink;
import io.streamkeeper.server.subscription.SubscriptionJson;
import io.streamkeeper.server.subscription.SubscriptionView;
import io.streamkeeper.storage.memory.Reservation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The body that describes a subscription with its links (section 6.3), written piece by piece, because it may have any
 * number of them. Used by the loop of its connection.
 */
final class ViewBody implements Answer.Pieces {
    /** The length at which a piece ends; a link has some hundred bytes. */
    static final int PIECE_BYTES = 64 << 10;

    private final Iterator<StreamLink> links;
    private final JsonGenerator json;
    private final Sink sink = new Sink();
    private final SubscriptionView view;
    private final ViewJson members;
    private final Reservation heap;
    private boolean isBegun;
    private boolean isEnded;

    /** Receives what the generator has written, into the buffer of the current piece. */
    private static final class Sink extends java.io.OutputStream {
        private @Nullable ByteBufOutputStream out;

        @Override
        public void write(int octet) throws IOException {
            if (out != null) {
                out.write(octet);
            }
        }

        @Override
        public void write(byte[] bytes, int start, int length) throws IOException {
            if (out != null) {
                out.write(bytes, start, length);
            }
        }
    }

    /**
     * The body of {@code view}, whose other members {@code members} writes.
     *
     * @param heap of the links, owned by the body
     */
    ViewBody(SubscriptionView view, ViewJson members, Reservation heap) {
        this.view = view;
        this.members = members;
        this.heap = heap;
        this.links = view.links().iterator();
        this.json = SubscriptionJson.begin(sink);
    }

    @Override
    public @Nullable ByteBuf next(ByteBufAllocator allocator) {
        if (isEnded) {
            return null;
        }
        ByteBuf piece = allocator.buffer();
        try {
            sink.out = new ByteBufOutputStream(piece);
            write(piece);
            json.flush();
            return piece;
        } catch (IOException e) {
            piece.release();
            throw new UncheckedIOException("a text in memory cannot be written", e);
        } catch (RuntimeException | Error e) {
            piece.release();
            throw e;
        } finally {
            sink.out = null;
        }
    }

    private void write(ByteBuf piece) throws IOException {
        if (!isBegun) {
            isBegun = true;
            json.writeStartObject();
            members.write(json, view);
            json.writeArrayFieldStart("streams");
        }
        while (links.hasNext() && piece.readableBytes() < PIECE_BYTES) {
            ViewJson.write(json, links.next());
        }
        if (!links.hasNext()) {
            isEnded = true;
            ViewJson.writeEnd(json, view);
            json.writeEndObject();
        }
    }

    @Override
    public void close() {
        sink.out = null;
        heap.close();
        try {
            json.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be closed", e);
        }
    }
}

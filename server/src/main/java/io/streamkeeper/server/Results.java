package io.streamkeeper.server;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.client.api.AppendResult;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.CreateResult;
import io.streamkeeper.client.api.Page;
import io.streamkeeper.client.api.StreamChanges;
import io.streamkeeper.client.api.StreamEntry;
import io.streamkeeper.client.api.StreamMetadata;
import io.streamkeeper.client.api.StreamPage;
import io.streamkeeper.protocol.ListedStream;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.protocol.StreamInfo;
import java.time.Instant;

/** Creates the results of the Java API from the outcomes of commands. */
final class Results {
    private Results() {}

    static CreateResult created(Outcome outcome) {
        Outcome.Created created = (Outcome.Created) outcome;
        return new CreateResult(created.existed(), metadata(created.stream()));
    }

    static AppendResult appended(Outcome outcome) {
        Outcome.Appended appended = (Outcome.Appended) outcome;
        return new AppendResult(
                appended.nextOffset().toString(), appended.wrote(), appended.closed(), appended.producer());
    }

    static StreamMetadata described(Outcome outcome) {
        return metadata(((Outcome.Described) outcome).stream());
    }

    static StreamMetadata changed(Outcome outcome) {
        return metadata(((Outcome.Changed) outcome).stream());
    }

    static StreamPage listed(Outcome outcome) {
        Outcome.Listed listed = (Outcome.Listed) outcome;
        return new StreamPage(
                listed.streams().stream().map(Results::entry).toList(),
                listed.groups(),
                listed.next(),
                listed.position() == null ? null : listed.position().toString());
    }

    static StreamChanges changes(Outcome outcome) {
        Outcome.Changes changes = (Outcome.Changes) outcome;
        return new StreamChanges(
                changes.changes().stream().map(Results::change).toList(),
                changes.position().toString());
    }

    private static StreamChanges.Change change(StreamChange change) {
        StreamChanges.Kind kind = switch (change.kind()) {
            case CREATED -> StreamChanges.Kind.CREATED;
            case CLOSED -> StreamChanges.Kind.CLOSED;
            case DELETED -> StreamChanges.Kind.DELETED;
        };
        return new StreamChanges.Change(
                kind,
                change.path(),
                change.contentType().value(),
                change.nextOffset().toString(),
                change.closed(),
                Instant.ofEpochMilli(change.createdMillis()));
    }

    private static StreamEntry entry(ListedStream stream) {
        return new StreamEntry(
                stream.path(), metadata(stream.info()), stream.bytes(), Instant.ofEpochMilli(stream.createdMillis()));
    }

    private static StreamMetadata metadata(StreamInfo stream) {
        return new StreamMetadata(
                stream.contentType().value(),
                stream.tail().toString(),
                stream.earliest().toString(),
                stream.closed(),
                stream.expiry(),
                stream.retention(),
                stream.metadataTag(),
                stream.lastAppendAt());
    }

    static Page page(Outcome outcome) {
        Outcome.Chunk chunk = (Outcome.Chunk) outcome;
        return new Page(batch(chunk), chunk.start().toString(), chunk.earliest());
    }

    /** Copies the bytes that were read, and releases their buffer. */
    static Batch batch(Outcome outcome) {
        Outcome.Chunk chunk = (Outcome.Chunk) outcome;
        try {
            return new Batch(
                    chunk.contentType(),
                    chunk.contentType().isJson() ? array(chunk.bytes()) : all(chunk.bytes()),
                    chunk.next().toString(),
                    chunk.upToDate(),
                    chunk.closed());
        } finally {
            chunk.bytes().release();
        }
    }

    private static byte[] all(ByteBuf bytes) {
        byte[] copy = new byte[bytes.readableBytes()];
        bytes.getBytes(bytes.readerIndex(), copy);
        return copy;
    }

    /** A comma follows each stored message; a bracket replaces the last one. */
    private static byte[] array(ByteBuf stored) {
        int length = Math.max(0, stored.readableBytes() - 1);
        byte[] array = new byte[length + 2];
        array[0] = '[';
        stored.getBytes(stored.readerIndex(), array, 1, length);
        array[length + 1] = ']';
        return array;
    }
}

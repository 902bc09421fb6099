package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.storage.stream.AppendLengths;
import io.streamkeeper.storage.stream.StreamContent;

/**
 * Finds where messages and appends end in the streams of one shard. If the index of a stream's runs is not enough, this
 * reads the one run that contains the boundary. Owned by the shard's loop.
 */
public final class Boundaries {
    private final ContentReader reader;
    private final JsonSplitter splitter;

    public Boundaries(ContentReader reader, JsonSplitter splitter) {
        this.reader = reader;
        this.splitter = splitter;
    }

    /** The number of messages that end at or before {@code position}, or -1 if it is inside one; only for JSON. */
    void messagesBefore(StreamContent content, long position, Callback<Long> then) {
        long known = content.messagesBeforeEdge(position);
        if (known >= 0) {
            then.complete(known);
            return;
        }
        int run = content.runAt(position - 1);
        if (content.isOneMessage(run)) {
            then.complete(-1L);
            return;
        }
        long start = content.runStart(run);
        long messages = content.messagesBeforeRun(run);
        reader.fetch(content, start, content.runEnd(run), Callbacks.then(then, bytes -> {
            int inRun;
            try {
                inRun = splitter.messagesBefore(bytes, (int) (position - start));
            } finally {
                bytes.release();
            }
            then.complete(inRun < 0 ? -1 : messages + inRun);
        }));
    }

    /**
     * The position after the first {@code number} messages, of which the stream has at least as many; only for JSON.
     */
    public void positionAfter(StreamContent content, long number, Callback<Long> then) {
        if (number <= content.startMessages()) {
            then.complete(content.start());
            return;
        }
        int run = content.runOfMessage(number);
        if (content.messagesBeforeRun(run + 1) == number) {
            then.complete(content.runEnd(run));
            return;
        }
        long start = content.runStart(run);
        int inRun = (int) (number - content.messagesBeforeRun(run));
        reader.fetch(content, start, content.runEnd(run), Callbacks.then(then, bytes -> {
            int length;
            try {
                length = splitter.boundaryAfter(bytes, inRun);
            } finally {
                bytes.release();
            }
            then.complete(start + length);
        }));
    }

    /**
     * The boundaries between messages next to a position.
     *
     * @param floor the greatest at or before the position
     * @param ceiling the least at or after it
     */
    public record Around(long floor, long ceiling) {}

    /** The boundaries next to {@code position}, which is not after the durable tail; only for JSON. */
    void around(StreamContent content, long position, Callback<Around> then) {
        if (content.messagesBeforeEdge(position) >= 0) {
            then.complete(new Around(position, position));
            return;
        }
        int run = content.runAt(position - 1);
        long start = content.runStart(run);
        if (content.isOneMessage(run)) {
            then.complete(new Around(start, content.runEnd(run)));
            return;
        }
        reader.fetch(content, start, content.runEnd(run), Callbacks.then(then, bytes -> {
            JsonSplitter.Around found;
            try {
                found = splitter.around(bytes, (int) (position - start));
            } finally {
                bytes.release();
            }
            then.complete(new Around(start + found.floor(), start + found.ceiling()));
        }));
    }

    /** The end of the append that contains the byte at {@code position}; only for a stream of bytes. */
    void appendEnd(StreamContent content, long position, Callback<Long> then) {
        int run = content.runOfAppendAt(position);
        long known = content.appendEnd(run, position);
        if (known >= 0) {
            then.complete(known);
            return;
        }
        long start = content.runStart(run);
        int index = (int) Math.max(0, position - start);
        reader.fetchLengths(content, run, Callbacks.then(then, lengths -> {
            int end;
            try {
                end = AppendLengths.endAfter(lengths, index);
            } finally {
                lengths.release();
            }
            then.complete(start + end);
        }));
    }
}

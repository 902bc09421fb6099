package io.streamkeeper.storage;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamInfo;
import org.jspecify.annotations.Nullable;

/** What a create finds where a stream is already, decided against its staged state (sections 4.2 and 5.1). */
final class CreateOperation {
    private CreateOperation() {}

    /** The answer to a create at a path that {@code existing} holds. */
    static Outcome decideExisting(StreamState existing, Command.Create create) {
        if (existing.isDeleted()) {
            return Refusal.of(
                    ErrorCode.STREAM_EXISTS,
                    "stream " + Quoted.of(create.path().value()) + " was deleted, but forks still hold its path");
        }
        String difference = difference(existing, create);
        if (difference != null) {
            return Refusal.of(
                    ErrorCode.STREAM_EXISTS,
                    "stream " + Quoted.of(create.path().value()) + " exists with another " + difference);
        }
        Refusal refusal = create.preconditions()
                .evaluate(create.path(), existing.offsetAt(existing.tail()), existing.formerOffsetAt(existing.tail()));
        if (refusal != null) {
            return refusal;
        }
        StreamInfo info = new StreamInfo(
                existing.generation(),
                existing.contentType(),
                existing.offsetAt(existing.tail()),
                existing.isClosed(),
                existing.expiry(),
                existing.retention(),
                existing.offsetAt(existing.earliest()));
        return new Outcome.Created(true, info);
    }

    private static @Nullable String difference(StreamState existing, Command.Create create) {
        boolean forks = create.fork() != null;
        ContentType type = create.contentType();
        if (type == null && !forks) {
            type = ContentType.OCTET_STREAM;
        }
        if (type != null && !type.matches(existing.contentType())) {
            return "content type: it is " + Quoted.of(existing.contentType().value());
        }
        boolean inherits = forks && create.expiry().equals(Expiry.never());
        if (!inherits && !create.expiry().equals(existing.expiry())) {
            return "expiry";
        }
        if (!create.retention().equals(existing.retention())) {
            return "retention";
        }
        if (create.closed() != existing.isClosed()) {
            return existing.isClosed() ? "state: it is closed" : "state: it is open";
        }
        return sameOrigin(existing, create.fork()) ? null : "fork origin";
    }

    /**
     * Whether both name the same place, be it in other words: an explicit offset may be what a default came to, or one that
     * format version 1 has issued.
     */
    private static boolean sameOrigin(StreamState existing, @Nullable ForkOrigin asked) {
        LogRecord.Fork fork = existing.fork();
        if (fork == null || asked == null) {
            return fork == null && asked == null;
        }
        if (fork.origin().equals(asked)) {
            return true;
        }
        Offset offset = asked.offset();
        if (offset != null
                && fork.origin().equals(new ForkOrigin(asked.source(), existing.present(offset), asked.subOffset()))) {
            return true;
        }
        return fork.origin().source().equals(asked.source())
                && offset != null
                && asked.subOffset() == 0
                && offset.position() == fork.position();
    }
}

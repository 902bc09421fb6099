package io.streamkeeper.server;

import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.Message;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.shard.Shards;
import io.streamkeeper.storage.shard.Callback;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Splits batches into messages, each with the offset after it, which the stream's shard derives from the position.
 * Immutable; safe for use by any thread.
 */
final class BatchMessages {
    private final Shards shards;

    BatchMessages(Shards shards) {
        this.shards = shards;
    }

    /**
     * Returns the messages of a batch that was read from {@code path}. In every case, one task on {@code on} completes
     * the future.
     */
    CompletableFuture<List<Message>> of(String path, Batch batch, Executor on) {
        List<String> texts = batch.messages();
        if (texts.isEmpty()) {
            return CompletableFuture.supplyAsync(List::of, on);
        }
        Offset last = Offset.parse(batch.nextOffset());
        long[] positions = StoredMessages.ends(batch.bytes(), last.position());
        CompletableFuture<Offset[]> found = new CompletableFuture<>();
        StreamPath at = StreamPath.of(path);
        shards.of(at).offsets(at, positions, last, new Callback<>() {
            @Override
            public void complete(Offset[] offsets) {
                found.complete(offsets);
            }

            @Override
            public void refuse(Refusal refusal) {
                found.completeExceptionally(StreamException.of(refusal));
            }
        });
        return found.handleAsync(
                (offsets, failure) -> {
                    if (failure != null) {
                        throw new CompletionException(failure);
                    }
                    List<Message> messages = new ArrayList<>(texts.size());
                    for (int i = 0; i < offsets.length; i++) {
                        messages.add(new Message(texts.get(i), offsets[i].toString()));
                    }
                    return messages;
                },
                on);
    }
}

package io.streamkeeper.server.http.respond;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.streamkeeper.storage.memory.Budget;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CompressionBudgetTest {
    @Test
    void asManyBodiesAreCompressedAtATimeAsTheBudgetHasRoomFor() {
        Budget budget = new Budget("compression", 2L * GzipBody.RESERVED_BYTES);
        Compression compression = new Compression(Runnable::run, budget);
        EmbeddedChannel channel = new EmbeddedChannel();

        GzipBody first = Objects.requireNonNull(compression.begin(channel, false));
        GzipBody second = Objects.requireNonNull(compression.begin(channel, true));
        assertThat(compression.begin(channel, false)).isNull();
        first.close();
        first.close();
        GzipBody third = Objects.requireNonNull(compression.begin(channel, false));
        assertThat(compression.begin(channel, false)).isNull();

        second.close();
        third.close();
        assertThat(budget.usedBytes()).isZero();
        channel.finishAndReleaseAll();
    }
}

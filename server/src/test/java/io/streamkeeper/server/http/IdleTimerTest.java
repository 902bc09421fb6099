package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdleTimerTest {
    private static final int IDLE_MILLIS = 1_000;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private boolean owesNothing = true;
    private IdleTimer timer;

    @BeforeEach
    void begin() {
        channel.freezeTime();
        timer = new IdleTimer(channel, IDLE_MILLIS, () -> owesNothing);
        timer.start();
    }

    @AfterEach
    void finish() {
        timer.stop();
        channel.finishAndReleaseAll();
    }

    private void pass(int millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void aSilentConnectionIsClosed() {
        pass(IDLE_MILLIS - 1);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionIsNotClosedForASilenceThatNobodyListenedTo() {
        pass(3 * IDLE_MILLIS);
        assertThat(channel.isOpen()).isTrue();
        timer.touch();
        pass(1_000);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aLoopThatIsAlwaysLateClosesSilentConnectionsAllTheSame() {
        pass(3 * IDLE_MILLIS);
        pass(3 * IDLE_MILLIS);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatOwesAResponseIsNot() {
        owesNothing = false;
        pass(3 * IDLE_MILLIS);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whatIsLeftToSendIsComparedOverAWholeIdleTime() {
        owesNothing = false;
        pass(5);
        timer.touch();
        channel.write(Unpooled.wrappedBuffer(new byte[100]));
        pass(IDLE_MILLIS - 5);
        pass(5);
        pass(IDLE_MILLIS - 6);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void bytesThatAreTakenKeepAConnectionOpen() {
        owesNothing = false;
        channel.write(Unpooled.wrappedBuffer(new byte[100]));
        for (int i = 0; i < 5; i++) {
            pass(IDLE_MILLIS - 1);
            channel.write(Unpooled.wrappedBuffer(new byte[1]));
            pass(1);
        }
        assertThat(channel.isOpen()).isTrue();
    }
}

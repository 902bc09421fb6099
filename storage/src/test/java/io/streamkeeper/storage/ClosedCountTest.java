package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The number of closed streams, which is counted as they are closed and deleted. */
class ClosedCountTest {
    private FileRig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new FileRig();
    }

    @AfterEach
    void stop() throws IOException {
        rig.stop();
    }

    private void isClosedCount(int expected) throws IOException {
        assertThat(rig.store.closedCount()).isEqualTo(expected);
        rig.restart();
        assertThat(rig.store.closedCount()).as("after a restart").isEqualTo(expected);
    }

    @Test
    void aStreamCountsFromItsClosureToItsDeletion() throws IOException {
        rig.create(CreateRequest.at("open").text("a")).created();
        rig.create(CreateRequest.at("a").text("a")).created();
        rig.create(CreateRequest.at("b").closed()).created();
        isClosedCount(1);
        rig.append(AppendRequest.to("a").close());
        rig.append(AppendRequest.to("a").close());
        isClosedCount(2);
        rig.delete("b");
        rig.delete("open");
        isClosedCount(1);
        rig.create(CreateRequest.at("b").text("c")).created();
        isClosedCount(1);
        rig.delete("a");
        isClosedCount(0);
    }
}

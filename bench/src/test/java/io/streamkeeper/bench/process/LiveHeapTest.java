package io.streamkeeper.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LiveHeapTest {
    @Test
    void bytesAreThoseOfTheTotal() {
        String histogram = """
                17:
                 num     #instances         #bytes  class name (module)
                -------------------------------------------------------
                   1:           100           4096  [B (java.base@17)
                Total           120           5120
                """;
        assertThat(LiveHeap.total(histogram)).hasValue(5120);
    }

    @Test
    void processThatIsNoJvmHasNone() throws InterruptedException {
        assertThat(LiveHeap.total("17:\njava.io.IOException: no such process\n"))
                .isEmpty();
        assertThat(LiveHeap.bytes(1)).isEmpty();
    }
}

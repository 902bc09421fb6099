package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Producer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProducerTableTest {
    @Test
    void theLastRequestOfEachProducerIsKept() {
        Seeds.forEach(200, random -> {
            ProducerTable table = new ProducerTable();
            Map<String, Producer> model = new HashMap<>();
            for (int i = 0; i < 60; i++) {
                String id = "p" + random.nextInt(1 + random.nextInt(5));
                Producer next = new Producer(id, random.nextInt(3), i);
                Producer before = table.last(id);
                assertThat(before).isEqualTo(model.get(id));
                table.accept(next);
                if (random.nextInt(3) == 0) {
                    table.undo(id, before);
                } else {
                    model.put(id, next);
                }
                for (int p = 0; p < 5; p++) {
                    assertThat(table.last("p" + p)).isEqualTo(model.get("p" + p));
                }
            }
        });
    }

    @Test
    void itIsFullAtItsLimit() {
        ProducerTable table = new ProducerTable();
        for (int i = 0; i < ProducerTable.PRODUCERS_MAX; i++) {
            assertThat(table.isFull()).isFalse();
            table.accept(new Producer("p" + i, 0, 0));
        }
        assertThat(table.isFull()).isTrue();
        table.undo("p0", null);
        assertThat(table.isFull()).isFalse();
    }
}

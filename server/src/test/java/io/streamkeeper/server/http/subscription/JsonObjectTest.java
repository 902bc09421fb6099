package io.streamkeeper.server.http.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.streamkeeper.protocol.RefusedException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
    /** What {@link BodyReading} reserves for each byte. */
    private static final int HEAP_PER_BYTE = 52;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "0", "[{}]", "{\"a\":0}"})
    void manyValuesWithALongPlaceNeedNoMoreHeapThanIsReserved(String value) {
        String name = "\"" + "\u4e00".repeat(250) + "\":";
        String end = "}".repeat(5);
        byte[] body = bytes(("{" + name).repeat(5) + "[" + (value + ",").repeat(100_000) + value + "]" + end);
        JsonObject.parse(bytes("{\"a\":[{},0]}"));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        JsonObject.parse(body);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan((long) body.length * HEAP_PER_BYTE);
    }

    @Test
    void aRefusalNamesThePlaceOfAValue() {
        assertThatThrownBy(() -> JsonObject.parse(bytes("{\"a\":[0,[{},{\"b\":{\"c\":[\"\\ud800\"]}}]]}")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("member \"a[1][1].b.c[0]\" has a surrogate");
        JsonObject object = JsonObject.parse(bytes("{\"a\":[{\"b\":{\"c\":1}}]}"));
        JsonObject inner = object.objects("a").get(0).object("b");
        assertThatThrownBy(() -> inner.requiredText("c", 1)).hasMessageContaining("member \"a[0].b.c\" is the value 1");
    }
}

package io.streamkeeper.client.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamExceptionTest {
    @Test
    void everyRefusalHasItsCodeAndStatusAndEveryKindOfExceptionARefusal() {
        List<StreamException> exceptions = new ArrayList<>();
        for (ErrorCode code : ErrorCode.values()) {
            StreamException exception = StreamException.of(Refusal.of(code, "why"));
            assertThat(exception.code()).isEqualTo(code.code());
            assertThat(exception.status()).isEqualTo(code.status());
            assertThat(exception).hasMessage("why");
            exceptions.add(exception);
        }
        assertThat(StreamException.class.getPermittedSubclasses())
                .allSatisfy(kind -> assertThat(exceptions).anyMatch(kind::isInstance));
    }
}

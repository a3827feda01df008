import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.smile.SmileFactory;
import tools.jackson.dataformat.smile.SmileMapper;
import tools.jackson.dataformat.smile.SmileWriteFeature;

/** Jackson's Smile, for kinds/smile.py: a JSON line {value, shared, raw} each is written; a line of base64 is the answer. */
public class SmileKinds {
    static SmileMapper mapper(boolean shared, boolean raw) {
        return SmileMapper.builder(SmileFactory.builder()
            .configure(SmileWriteFeature.CHECK_SHARED_NAMES, shared)
            .configure(SmileWriteFeature.CHECK_SHARED_STRING_VALUES, shared)
            .configure(SmileWriteFeature.ENCODE_BINARY_AS_7BIT, !raw)
            .configure(SmileWriteFeature.WRITE_END_MARKER, raw)
            .build()).build();
    }

    /** Values that JSON has not: {"is": kind, "v": what}. */
    static Object revived(JsonNode node) {
        if (node.isArray()) {
            List<Object> list = new ArrayList<>();
            for (JsonNode part : node) list.add(revived(part));
            return list;
        }
        if (!node.isObject()) return node;
        String kind = node.get("is").asString();
        JsonNode value = node.get("v");
        switch (kind) {
            case "bytes": return Base64.getDecoder().decode(value.asString());
            case "list": return revived(value);
            case "big":
                BigInteger whole = new BigInteger(value.asString());
                return whole.bitLength() < 64 ? (Object) whole.longValue() : whole;
            case "decimal": return new BigDecimal(value.asString());
            case "single": return Float.parseFloat(value.asString());
            case "float": return Double.parseDouble(value.asString());
            case "object":
                Map<String, Object> map = new LinkedHashMap<>();
                for (JsonNode pair : value) map.put(pair.get(0).asString(), revived(pair.get(1)));
                return map;
            default: throw new IllegalArgumentException(kind);
        }
    }

    public static void main(String[] args) {
        JsonMapper json = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
        Scanner lines = new Scanner(System.in, "UTF-8");
        while (lines.hasNextLine()) {
            JsonNode row = json.readTree(lines.nextLine());
            byte[] made = mapper(row.get("shared").asBoolean(), row.get("raw").asBoolean())
                .writeValueAsBytes(revived(row.get("value")));
            System.out.println("made " + Base64.getEncoder().encodeToString(made));
        }
    }
}

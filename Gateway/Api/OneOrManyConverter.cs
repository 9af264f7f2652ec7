using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Reads and writes <see cref="OneOrMany{T}"/>.</summary>
sealed class OneOrManyConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(OneOrMany<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GenericTypeArguments))!;

    sealed class Of<T> : JsonConverter<OneOrMany<T>>
    {
        public override OneOrMany<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.StartArray
                ? new OneOrMany<T>(NoNulls(JsonSerializer.Deserialize<T[]>(ref reader, options)!), false)
                : new OneOrMany<T>([JsonSerializer.Deserialize<T>(ref reader, options)!], true);

        public override void Write(Utf8JsonWriter writer, OneOrMany<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Single ? (object?)value.Values[0] : value.Values, options);

        static T[] NoNulls(T[] values) =>
            Array.TrueForAll(values, value => value is not null) ? values : throw new JsonException("The list holds a null.");
    }
}

package import IlkVectors

/// What a BERT or XLM-RoBERTa encoder has to know beside its weights.
package struct EncoderConfiguration: Sendable, Equatable {
    /// How a text's token vectors become one.
    package enum Pooling: String, Sendable {
        case mean
        /// The first token's.
        case cls
    }

    /// Components of a token's vector: `hidden_size`.
    package var hidden: Int
    /// `num_hidden_layers`.
    package var layers: Int
    /// `num_attention_heads`.
    package var heads: Int
    /// `intermediate_size`.
    package var feedForward: Int
    /// `vocab_size`.
    package var vocabulary: Int
    /// Rows of the position table: `max_position_embeddings`.
    package var positions: Int
    /// The first token's row in the position table: 0 for BERT, `pad_token_id + 1` for XLM-RoBERTa.
    package var positionOffset: Int
    /// `layer_norm_eps`.
    package var epsilon: Float
    /// `hidden_act`.
    package var activation: EncoderKernels.Activation
    package var pooling: Pooling

    package init(
        hidden: Int, layers: Int, heads: Int, feedForward: Int, vocabulary: Int, positions: Int,
        positionOffset: Int = 0, epsilon: Float = 1e-12, activation: EncoderKernels.Activation = .gelu,
        pooling: Pooling = .mean
    ) {
        self.hidden = hidden
        self.layers = layers
        self.heads = heads
        self.feedForward = feedForward
        self.vocabulary = vocabulary
        self.positions = positions
        self.positionOffset = positionOffset
        self.epsilon = epsilon
        self.activation = activation
        self.pooling = pooling
    }

    /// What the header of an `E5S1` file says; such models are BERTs with mean pooling.
    package init(_ header: E5S1File.Header) {
        self.init(
            hidden: header.hidden, layers: header.layers, heads: header.heads, feedForward: header.feedForward,
            vocabulary: header.vocabulary, positions: header.positions, epsilon: header.epsilon)
    }

    /// Tokens that a text may have at most.
    package var maximumTokens: Int { positions - positionOffset }
}

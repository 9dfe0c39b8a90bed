extension Histogram {
    /// What all series of a histogram share: the bounds, their text, and the step in which the sum is counted.
    final class Layout: Sendable {
        let bounds: [Double]
        private let stepsPerUnit: Double
        private let boundTexts: [[UInt8]]
        private let openMetricsBoundTexts: [[UInt8]]

        init(bounds: [Double]) {
            precondition(!bounds.isEmpty, "a histogram needs a bound")
            precondition(bounds.allSatisfy(\.isFinite), "bounds are finite; +Inf is added")
            precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds ascend")
            self.bounds = bounds
            // A hundred thousandth of the smallest bound, at most a thousandth: nanoseconds for latencies.
            let smallest = bounds.map(\.magnitude).filter { $0 > 0 }.min() ?? 1
            var steps = 1e3
            while steps * smallest < 1e5, steps < 1e12, smallest < 1 { steps *= 10 }
            stepsPerUnit = steps
            boundTexts = (bounds.map(ExpositionWriter.text) + ["+Inf"]).map { Array("le=\"\($0)\"} ".utf8) }
            // OpenMetrics wants floats in bounds, so that one bound has one spelling.
            openMetricsBoundTexts = (bounds.map(\.description) + ["+Inf"]).map { Array("le=\"\($0)\"} ".utf8) }
        }

        func bucket(of value: Double) -> Int {
            var bucket = 0
            while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
            return bucket
        }

        func steps(of value: Double) -> UInt64 {
            let steps = (value * stepsPerUnit).rounded()
            return UInt64(bitPattern: Int64(max(-0x1p62, min(0x1p62, steps))))
        }

        func value(ofSteps steps: UInt64) -> Double { Double(Int64(bitPattern: steps)) / stepsPerUnit }

        func boundText(of bucket: Int, in format: Exposition) -> [UInt8] {
            format == .text ? boundTexts[bucket] : openMetricsBoundTexts[bucket]
        }
    }
}
